import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { NotifierActivities, NotifyAnswer } from '../activities/activities.ts';
import { cutText } from '../domain/alert/alert.ts';
import type { Incident, PendingNotification } from '../domain/incident/incident.ts';
import { pageTitleOf } from '../domain/incident/page-title.ts';
import { taskQueuesBeside } from '../domain/incident/task-queues.ts';
import type { NotificationEnd } from '../domain/incident/turn.ts';
import { limits } from '../domain/limits.ts';
import type { NotificationRequest } from '../domain/policy/notification.ts';
import { severityRank } from '../domain/severity.ts';

interface Trace {
  readonly traceparent?: string;
  readonly acceptedAt?: string;
}

export interface Notifications {
  /** Starts what is pending and not under way, and withdraws pages that nobody needs any more. */
  pursue(incident: Incident): void;
  takeEnds(): NotificationEnd[];
  hasEnds(): boolean;
  underWay(): number;
}

/** The activities of one saga: each pending notification is one activity, which ends as data. */
export function createNotifications(trace: Trace): Notifications {
  const running = new Map<string, { kind: PendingNotification['kind']; scope: CancellationScope }>();
  const ends: NotificationEnd[] = [];

  const start = (incident: Incident, pending: PendingNotification): void => {
    const scope = new CancellationScope();
    running.set(pending.key, { kind: pending.kind, scope });
    const finish = (end: NotificationEnd) => {
      running.delete(pending.key);
      ends.push(end);
    };
    scope
      .run(() => notifyBy(incident, pending).notify(requestOf(incident, pending, trace)))
      .then(
        (answer) => finish(delivered(pending.key, answer)),
        (error: unknown) => finish(failed(pending.key, error)),
      );
  };

  return {
    pursue(incident) {
      for (const pending of incident.pending) {
        if (!running.has(pending.key) && !ends.some(({ key }) => key === pending.key))
          start(incident, pending);
      }
      if (incident.status === 'open') return;
      for (const { kind, scope } of running.values()) if (kind === 'page') scope.cancel();
    },
    takeEnds: () => ends.splice(0),
    hasEnds: () => ends.length > 0,
    underWay: () => running.size,
  };
}

/** The result of an attempt in flight is awaited even when the page is withdrawn: what was sent must be known. */
function notifyBy(
  incident: Incident,
  { kind, target, round, step }: PendingNotification,
): NotifierActivities {
  const place = `step ${step + 1}${round > 0 ? `, round ${round + 1}` : ''}`;
  return proxyActivities<NotifierActivities>({
    taskQueue: taskQueuesBeside(workflowInfo().taskQueue).notify(target.provider),
    startToCloseTimeout: '15 seconds',
    heartbeatTimeout: '3 seconds',
    retry: {
      initialInterval: '500 milliseconds',
      backoffCoefficient: 2,
      maximumInterval: '30 seconds',
      maximumAttempts: limits.maxNotifyAttempts,
      nonRetryableErrorTypes: ['rejected'],
    },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    summary: `${kind} ${target.name} (${place})`,
    priority: { priorityKey: severityRank(incident.severity) + 1, fairnessKey: incident.tenant },
  });
}

function requestOf(incident: Incident, pending: PendingNotification, trace: Trace): NotificationRequest {
  const { key, kind, target, round, step, providerId } = pending;
  const by = incident.status === 'resolved' ? incident.resolvedBy : incident.acknowledgedBy;
  const isFirstPage = kind === 'page' && round === 0 && step === 0;
  return {
    key,
    kind,
    tenant: incident.tenant,
    channel: target.channel,
    provider: target.provider,
    round,
    step,
    ...(providerId !== undefined && { providerId }),
    ...(kind !== 'page' && by !== undefined && { by }),
    incident: {
      id: incident.id,
      title: pageTitleOf(incident),
      severity: incident.severity,
      state: incident.status,
      openedAt: incident.openedAt,
      labels: incident.groupLabels,
      alertCount: incident.attached,
    },
    alerts: incident.samples,
    ...(trace.traceparent !== undefined && { traceparent: trace.traceparent }),
    ...(trace.acceptedAt !== undefined && isFirstPage && { acceptedAt: trace.acceptedAt }),
  };
}

function delivered(key: string, { providerId, attempts }: NotifyAnswer): NotificationEnd {
  return { kind: 'delivered', key, providerId, attempts };
}

function failed(key: string, error: unknown): NotificationEnd {
  if (isCancellation(error)) return { kind: 'withdrawn', key, reason: 'nobody needs it any more' };
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const reason = cutText(cause instanceof Error ? cause.message : String(cause), 512);
  const detail = cause instanceof ApplicationFailure ? cause.details?.[0] : undefined;
  return {
    kind: 'dead',
    key,
    reason,
    attempts: typeof detail === 'number' ? detail : limits.maxNotifyAttempts,
  };
}
