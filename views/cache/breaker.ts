import { limits } from '../../domain/limits.ts';

/** Whoever is allowed must report how it went; after a failure one caller at a time may try again. */
export interface Breaker {
  allows(): boolean;
  succeeded(): void;
  failed(): void;
}

const firstPauseMs = 100;

/** Keeps a hanging Redis from costing every read its timeout: each failure doubles the pause before the next try. */
export function createBreaker(now: () => number): Breaker {
  let failures = 0;
  let pausedUntil = 0;
  let probing = false;

  return {
    allows() {
      if (failures === 0) return true;
      if (probing || now() < pausedUntil) return false;
      probing = true;
      return true;
    },
    succeeded() {
      failures = 0;
      probing = false;
    },
    failed() {
      probing = false;
      // calls that failed together count once
      if (now() < pausedUntil) return;
      pausedUntil = now() + Math.min(firstPauseMs * 2 ** failures, limits.maxRedisPauseMs);
      failures = Math.min(failures + 1, 16);
    },
  };
}
