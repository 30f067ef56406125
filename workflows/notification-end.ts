import { ApplicationFailure, isCancellation, TimeoutFailure } from '@temporalio/workflow';
import type { NotifyAnswer } from '../activities/activities.ts';
import { cutText } from '../domain/alert/alert.ts';
import type { NotificationEnd } from '../domain/incident/turn.ts';

export function deliveredEnd(key: string, { providerId, attempts }: NotifyAnswer): NotificationEnd {
  return { kind: 'delivered', key, providerId, attempts };
}

/** What the engine says of an activity that failed: withdrawn, or given up with what its last attempt told. */
export function failedEnd(key: string, error: unknown): NotificationEnd {
  if (isCancellation(error)) return { kind: 'withdrawn', key, reason: 'nobody needs it any more' };
  const causes = causesOf(error);
  const told = causes.find((cause) => cause instanceof ApplicationFailure);
  const reason = told?.message ?? (causes.some(isOfTime) ? 'its time was over' : String(error));
  const [attempts, last] = told?.details ?? [];
  // of an attempt that left no word nobody knows what it did
  const outcome = told === undefined ? 'unknown' : outcomes.find((known) => known === last);
  return {
    kind: 'dead',
    key,
    reason: cutText(reason, 512),
    attempts: typeof attempts === 'number' ? attempts : 1,
    ...(outcome !== undefined && { outcome }),
  };
}

const outcomes = ['retry', 'rejected', 'unknown'] as const;

function isOfTime(error: Error): boolean {
  return error instanceof TimeoutFailure;
}

/** The failure and what is behind it, at most as deep as the engine nests them. */
function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let at = error; at instanceof Error && causes.length < 10; at = at.cause) causes.push(at);
  return causes;
}
