export interface PatienceOptions {
  readonly patienceMs: number;
  /** After acting, this long before acting once more. */
  readonly repeatMs: number;
  /** A state that was not seen for this long begins anew: longer than one round of looking at everything. */
  readonly forgetMs: number;
  readonly maxEntries: number;
  readonly now: () => number;
}

export interface Patience {
  /** True once a state, named by `key`, has been seen for long enough, and again only after a while. */
  isDue(key: string): boolean;
}

/** Keeps the clock from acting on what is merely under way. */
export function createPatience({
  patienceMs,
  repeatMs,
  forgetMs,
  maxEntries,
  now,
}: PatienceOptions): Patience {
  const seen = new Map<string, { dueMs: number; lastMs: number }>();

  const forgetOld = (nowMs: number): void => {
    for (const [key, { lastMs }] of seen) {
      if (seen.size <= maxEntries && nowMs - lastMs <= forgetMs) return;
      seen.delete(key);
    }
  };

  return {
    isDue(key) {
      const nowMs = now();
      forgetOld(nowMs);
      const known = seen.get(key);
      seen.delete(key);
      if (known === undefined || nowMs - known.lastMs > forgetMs) {
        seen.set(key, { dueMs: nowMs + patienceMs, lastMs: nowMs });
        return false;
      }
      const isDue = nowMs >= known.dueMs;
      seen.set(key, { dueMs: isDue ? nowMs + repeatMs : known.dueMs, lastMs: nowMs });
      return isDue;
    },
  };
}
