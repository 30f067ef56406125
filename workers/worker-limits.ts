/** Times in milliseconds. */
export const workerLimits = {
  /** Longer than the longest send: a page under way at shutdown is finished and recorded. */
  shutdownGraceMs: 15_000,
  /** After this, a killed worker's workflows go to another (measured: 10 s by default, 2 s so). */
  stickyTimeoutMs: 2_000,
  /** For sagas and for projections each. What a worker then weighs is in docs/explanation/performance.md: up to 1.2 GB. */
  maxCachedWorkflows: 600,
  /** Sends at once per provider and process. */
  maxConcurrentSends: 50,
} as const;
