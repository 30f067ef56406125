/** Times in milliseconds. */
export const workerLimits = {
  /** Longer than the longest send: a page under way at shutdown is finished and recorded. */
  shutdownGraceMs: 15_000,
  /** After this, a killed worker's workflows go to another (measured: 10 s by default, 2 s so). */
  stickyTimeoutMs: 2_000,
  /** About 150 KB each with its own isolate state: 600 keep a worker below 300 MB. */
  maxCachedWorkflows: 600,
  /** Sends at once per provider and process. */
  maxConcurrentSends: 50,
} as const;
