import { limits } from './limits.ts';

const counterBits = 16n;
const maxCounter = 0xffff;

/** A hybrid logical clock: follows the wall clock while that advances, and counts on where it does not. */
export interface Hlc {
  /** The next reading, higher than any before: 48 bits of milliseconds, 16 bits of counter, as a decimal string. */
  tick(): string;
  /**
   * Takes in another process's clock, so that later readings come after it. A clock further ahead than
   * `limits.maxClockAheadMs` is taken in only up to there, and answered with `isAhead`.
   */
  observe(remoteMs: number): { readonly isAhead: boolean };
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
    observe(remoteMs) {
      const latestMs = Math.floor(now()) + limits.maxClockAheadMs;
      const isAhead = remoteMs > latestMs;
      const acceptedMs = Math.floor(Math.min(remoteMs, latestMs));
      if (acceptedMs >= lastMs) {
        lastMs = acceptedMs;
        // The remote counter is not known: the highest one makes the next reading come after all of them.
        counter = maxCounter;
      }
      return { isAhead };
    },
  };
}

/** The milliseconds of a reading. */
export function hlcMs(reading: string): number {
  return Number(BigInt(reading) >> counterBits);
}
