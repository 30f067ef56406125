import { limits } from '../domain/limits.ts';

interface RetryDelayOptions {
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  /** What the provider asked for, in milliseconds. */
  readonly afterMs?: number;
  /** In [0, 1). */
  readonly random: () => number;
}

const firstDelayMs = 500;

/** 0.5, 1, 2, 4 s, each ± 20 % so that many pages do not come back at once; never sooner than the provider asked. */
export function retryDelayMs({ attempt, afterMs = 0, random }: RetryDelayOptions): number {
  const backoffMs = firstDelayMs * 2 ** (attempt - 1) * (0.8 + 0.4 * random());
  return Math.round(Math.max(backoffMs, Math.min(afterMs, limits.maxRetryAfterMs)));
}
