import type { SilenceEvent } from '../events/silence-events.ts';
import type { SilenceState } from './silence.ts';

/** Folds one event. Each carries the whole silence, so the last event alone gives the state too. */
export function evolve(_state: SilenceState, event: SilenceEvent): SilenceState {
  return { status: 'known', silence: event.data.silence };
}
