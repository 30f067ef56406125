import { limits } from './limits.ts';

const counterBits = 16n;
const maxCounter = 0xffff;

/** A hybrid logical clock: follows the wall clock while that advances, and counts on where it does not. */
export interface Hlc {
  /** The next reading, higher than any before: 48 bits of milliseconds, 16 bits of counter, as a decimal string. */
  tick(): string;
  /**
   * Takes in a reading of another process, so that later readings come after it, also where the own wall clock is
   * behind. A clock further ahead than `limits.maxClockAheadMs` is followed only up to there, and answered with
   * `isAhead`: one broken clock must not drag along all others.
   */
  observe(reading: string): { readonly isAhead: boolean };
}

/** `now` answers milliseconds since 1970; it may step back, readings do not. */
export function createHlc(now: () => number): Hlc {
  let lastMs = 0;
  let counter = 0;

  return {
    tick() {
      const wallMs = Math.floor(now());
      if (wallMs > lastMs) {
        lastMs = wallMs;
        counter = 0;
      } else if (counter < maxCounter) {
        counter += 1;
      } else {
        lastMs += 1;
        counter = 0;
      }
      return ((BigInt(lastMs) << counterBits) | BigInt(counter)).toString();
    },
    observe(reading) {
      const remoteMs = hlcMs(reading);
      const latestMs = Math.floor(now()) + limits.maxClockAheadMs;
      const isAhead = remoteMs > latestMs;
      const acceptedMs = Math.min(remoteMs, latestMs);
      // What is cut off had a counter of its own, which says nothing here: the highest one is after all of them.
      const acceptedCounter = isAhead ? maxCounter : hlcCounter(reading);
      if (acceptedMs > lastMs) {
        lastMs = acceptedMs;
        counter = acceptedCounter;
      } else if (acceptedMs === lastMs) {
        counter = Math.max(counter, acceptedCounter);
      }
      return { isAhead };
    },
  };
}

/** The milliseconds of a reading. */
export function hlcMs(reading: string): number {
  return Number(BigInt(reading) >> counterBits);
}

function hlcCounter(reading: string): number {
  return Number(BigInt(reading) & BigInt(maxCounter));
}

/** The first reading of an instant: what is older than the instant has a lower one. */
export function hlcAt(epochMs: number): string {
  return (BigInt(Math.max(0, Math.trunc(epochMs))) << counterBits).toString();
}
