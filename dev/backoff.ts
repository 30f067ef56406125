export interface Backoff {
  readonly initialMs: number;
  readonly maxMs: number;
  /** A process that lived this long starts again from `initialMs`. */
  readonly resetAfterMs: number;
}

/** The first restart is fast, because a page may be waiting for it; a crash loop ends up at one start every 10 s. */
export const defaultBackoff: Backoff = { initialMs: 100, maxMs: 10_000, resetAfterMs: 30_000 };

/** How long to wait after the n-th failure in a row, counted from 1. */
export function backoffMs({ initialMs, maxMs }: Backoff, failures: number): number {
  return Math.min(maxMs, initialMs * 2 ** Math.min(failures - 1, 30));
}
