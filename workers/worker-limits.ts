/** Times in milliseconds. */
export const workerLimits = {
  /** Longer than the longest send: a page under way at shutdown is finished and recorded. */
  shutdownGraceMs: 15_000,
  /** After this, a killed worker's workflows go to another (measured: 10 s by default, 2 s so). */
  stickyTimeoutMs: 2_000,
  /** For sagas and for projections each, fewer where memory is scarce. What a worker then weighs is in docs/explanation/performance.md: up to 1.2 GB. */
  maxCachedWorkflows: 600,
  /** Sends at once per provider and process. */
  maxConcurrentSends: 50,
  /** The same of edits, which hurry less; a slow provider must not fill the process with them. */
  maxConcurrentEdits: 10,
} as const;
