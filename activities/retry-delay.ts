import type { NotificationKind } from '../domain/events/incident-events.ts';
import { limits } from '../domain/limits.ts';

interface RetryDelayOptions {
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  readonly kind?: NotificationKind;
  /** What the provider asked for, in milliseconds. */
  readonly afterMs?: number;
  /** In [0, 1). */
  readonly random: () => number;
}

const firstDelayMs = 500;
const firstUndoDelayMs = 100;

/**
 * 0.5, 1, 2, 4 s, each ± 20 % so that many pages do not come back at once; never sooner than the provider asked. An undo
 * is tried for long: 0.1, 0.2, 0.4 s and so on, up to a minute.
 */
export function retryDelayMs({ attempt, kind, afterMs = 0, random }: RetryDelayOptions): number {
  const baseMs =
    kind === 'undo'
      ? Math.min(firstUndoDelayMs * 2 ** Math.min(attempt, 20), limits.maxUndoDelayMs)
      : firstDelayMs * 2 ** (attempt - 1);
  const backoffMs = baseMs * (0.8 + 0.4 * random());
  return Math.round(Math.max(backoffMs, Math.min(afterMs, limits.maxRetryAfterMs)));
}
