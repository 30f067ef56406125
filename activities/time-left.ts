import type { NotificationRequest } from '../domain/policy/notification.ts';

/** One run of the activity, by the engine's clock but for `nowMs`. */
export interface RunTimes {
  readonly scheduledMs: number;
  /** When this run was put into the queue. */
  readonly queuedMs: number;
  /** From `scheduledMs` on; 0 for no limit. */
  readonly scheduleToCloseMs: number;
  /** Our own clock. */
  readonly nowMs: number;
}

/** Within this the engine still hands out a run whose deadline has just passed. */
const lastWordMs = 5_000;

/**
 * Milliseconds until nobody waits for the notification any more; not positive when that is over. The engine hands out
 * nothing long after its own limit; so where our clock says that it did, our clock is wrong and the engine's counts.
 */
export function timeLeftMs({ deadlineAt }: Pick<NotificationRequest, 'deadlineAt'>, times: RunTimes): number {
  const { scheduledMs, queuedMs, scheduleToCloseMs, nowMs } = times;
  const engineEndMs = scheduleToCloseMs > 0 ? scheduledMs + scheduleToCloseMs : Number.POSITIVE_INFINITY;
  const endMs = Math.min(
    deadlineAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(deadlineAt),
    engineEndMs,
  );
  const isClockWrong = nowMs > engineEndMs + lastWordMs;
  return endMs - (isClockWrong ? queuedMs : nowMs);
}
