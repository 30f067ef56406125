import { type ActivityOptions, CancellationScope, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { NotifierActivities } from '../activities/activities.ts';
import type { Incident, PendingNotification } from '../domain/incident/incident.ts';
import { isUnwanted, notesOf } from '../domain/incident/notifying.ts';
import { pageTitleOf } from '../domain/incident/page-title.ts';
import { taskQueuesBeside } from '../domain/incident/task-queues.ts';
import type { NotificationEnd } from '../domain/incident/turn.ts';
import type { NotificationRequest } from '../domain/policy/notification.ts';
import { workflowNowMs } from './clock.ts';
import { deliveredEnd, failedEnd } from './notification-end.ts';
import { deadlineOf, notifyOptions } from './notify-options.ts';

interface Trace {
  readonly traceparent?: string;
  readonly acceptedAt?: string;
}

export interface Notifications {
  /** Starts what is pending and not under way, and withdraws what nobody needs any more. */
  pursue(incident: Incident): void;
  takeEnds(): NotificationEnd[];
  hasEnds(): boolean;
  underWay(): number;
  /**
   * For a run that continues as new: starts nothing more, and stops what waits for its next attempt without calling that
   * an end; an attempt in flight is awaited. The next run starts anew whatever is still pending.
   */
  suspend(): void;
  isSuspended(): boolean;
  /** Suspended, and nothing is under way any more. */
  isAtRest(): boolean;
}

/** The activities of one saga: each pending notification is one activity, which ends as data. */
export function createNotifications(trace: Trace): Notifications {
  const running = new Map<string, { pending: PendingNotification; scope: CancellationScope }>();
  const ends: NotificationEnd[] = [];
  // what was done is taken back although the workflow is cancelled
  const shelter = new CancellationScope({ cancellable: false });
  let isSuspended = false;

  const start = (incident: Incident, pending: PendingNotification): void => {
    const isUndo = pending.kind === 'undo';
    const scope = isUndo
      ? new CancellationScope({ cancellable: true, parent: shelter })
      : new CancellationScope();
    running.set(pending.key, { pending, scope });
    const finish = (end: NotificationEnd) => {
      running.delete(pending.key);
      if (!isSuspended || end.kind !== 'withdrawn') ends.push(end);
    };
    scope
      .run(() => notifyBy(incident, pending).notify(requestOf(incident, pending, trace)))
      .then(
        (answer) => finish(deliveredEnd(pending.key, answer)),
        (error: unknown) => finish(failedEnd(pending.key, error)),
      );
  };

  return {
    pursue(incident) {
      for (const pending of isSuspended ? [] : incident.pending) {
        if (!running.has(pending.key) && !ends.some(({ key }) => key === pending.key))
          start(incident, pending);
      }
      for (const { pending, scope } of running.values()) if (isUnwanted(incident, pending)) scope.cancel();
    },
    takeEnds: () => ends.splice(0),
    hasEnds: () => ends.length > 0,
    underWay: () => running.size,
    suspend() {
      isSuspended = true;
      for (const { scope } of running.values()) scope.cancel();
    },
    isSuspended: () => isSuspended,
    isAtRest: () => isSuspended && running.size === 0,
  };
}

function notifyBy(incident: Incident, pending: PendingNotification): NotifierActivities {
  const { kind, target } = pending;
  const queues = taskQueuesBeside(workflowInfo().taskQueue);
  const isEdit = kind === 'update' || kind === 'resolved';
  const options: ActivityOptions = {
    ...notifyOptions(incident, pending, workflowNowMs()),
    taskQueue: isEdit ? queues.edits(target.provider) : queues.notify(target.provider),
  };
  return proxyActivities<NotifierActivities>(options);
}

function requestOf(incident: Incident, pending: PendingNotification, trace: Trace): NotificationRequest {
  const { key, kind, target, round, step, providerId, of } = pending;
  const notes = notesOf(incident, pending);
  const deadlineMs = deadlineOf(incident, pending, workflowNowMs());
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
    ...(of !== undefined && { of }),
    ...(kind !== 'page' && by !== undefined && { by }),
    ...(notes.length > 0 && { notes }),
    ...(deadlineMs !== undefined && { deadlineAt: new Date(deadlineMs).toISOString() }),
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
