import { createSilenceBook, type SilenceBook } from '../silence/silence-book.ts';
import { createInhibitorBook, type InhibitorBook } from './inhibitor-book.ts';
import { createRateBook, type RateBook } from './rate-book.ts';
import { createStormWatch, type StormWatch } from './storm-watch.ts';

/** What quieting remembers, as long as the process lives and over all configurations. */
export interface QuietWorld {
  readonly silences: SilenceBook;
  readonly inhibitors: InhibitorBook;
  readonly rates: RateBook;
  readonly storms: StormWatch;
}

export function createQuietWorld(): QuietWorld {
  return {
    silences: createSilenceBook(),
    inhibitors: createInhibitorBook(),
    rates: createRateBook(),
    storms: createStormWatch(),
  };
}
