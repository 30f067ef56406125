import { ActivityCancellationType, type ActivityOptions } from '@temporalio/workflow';
import type { Incident, PendingNotification } from '../domain/incident/incident.ts';
import { notifyDeadline } from '../domain/incident/notifying.ts';
import { severityRank } from '../domain/severity.ts';

const attemptMs = 15_000;
/** An attempt that begins before the deadline ends at it; this is for what it takes to say so. */
const lastWordMs = 2_000;
/** An edit, a reminder or an undo that nobody can deliver for so long is given up. */
const patienceMs = 3_600_000;

/** The engine's least urgent priority. */
const lowestPriority = 5;

/**
 * How one notification is sent: on the engine's side without a limit of attempts, because the activity counts the real
 * ones itself. The result of an attempt in flight is awaited even when the page is withdrawn: what was sent must be known.
 */
export function notifyOptions(
  incident: Incident,
  pending: PendingNotification,
  nowMs: number,
): ActivityOptions {
  const { kind, target, round, step } = pending;
  const place = `step ${step + 1}${round > 0 ? `, round ${round + 1}` : ''}`;
  const budgetMs = budgetOf(incident, pending, nowMs);
  const rank = severityRank(incident.severity) + (kind === 'reminder' ? 2 : 1);
  return {
    startToCloseTimeout: attemptMs,
    heartbeatTimeout: '3 seconds',
    ...(budgetMs !== undefined && { scheduleToCloseTimeout: budgetMs }),
    retry: { ...backoffOf(kind), nonRetryableErrorTypes: ['rejected', 'dead'] },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    summary: `${kind} ${target.name} (${place})`,
    priority: { priorityKey: Math.min(rank, lowestPriority), fairnessKey: incident.tenant },
  };
}

/** When nobody waits for it any more, in epoch milliseconds; one attempt is made even where a step is shorter than that. */
export function deadlineOf(
  incident: Incident,
  pending: PendingNotification,
  nowMs: number,
): number | undefined {
  const deadlineAt = notifyDeadline(incident, pending);
  return deadlineAt === undefined ? undefined : Math.max(Date.parse(deadlineAt), nowMs + attemptMs);
}

/** Undefined: a page that nobody comes after waits for its provider as long as that takes. */
function budgetOf(incident: Incident, pending: PendingNotification, nowMs: number): number | undefined {
  const deadlineMs = deadlineOf(incident, pending, nowMs);
  if (deadlineMs !== undefined) return deadlineMs - nowMs + lastWordMs;
  return pending.kind === 'page' ? undefined : patienceMs;
}

/** Where the activity names no delay of its own. An undo: min(60 s, 100 ms · 2ⁿ). */
function backoffOf(kind: PendingNotification['kind']): NonNullable<ActivityOptions['retry']> {
  return kind === 'undo'
    ? { initialInterval: '100 milliseconds', backoffCoefficient: 2, maximumInterval: '60 seconds' }
    : { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' };
}
