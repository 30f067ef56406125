import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import type { NotificationRequest } from '../domain/policy/notification.ts';
import type { NotifierActivities, NotifyAnswer } from './activities.ts';
import { type Progress, progressAtStart, readProgress } from './attempts-so-far.ts';
import { type DeliverDeps, deliver } from './deliver.ts';
import type { DeliveryEnd } from './delivery-end.ts';
import { noGuard } from './delivery-guard.ts';
import { timeLeftMs } from './time-left.ts';
import { withHeartbeat } from './with-heartbeat.ts';

export type NotifyDeps = Omit<DeliverDeps, 'guard' | 'sleep'> & Partial<Pick<DeliverDeps, 'guard' | 'sleep'>>;

/**
 * At most one attempt of one notification: asks the log whether it is delivered already, sends, and records what became
 * of it. Attempts are counted here, so runs that only wait for their turn cost none.
 */
export function createNotify(options: NotifyDeps): NotifierActivities['notify'] {
  // stops where the page is withdrawn meanwhile
  const sleep = (ms: number) => Context.current().sleep(ms);
  const deps: DeliverDeps = { guard: noGuard, sleep, ...options };
  return async (request) => {
    const { info, heartbeat, stopIfWithdrawn } = contextOf();
    const before = readProgress(info.heartbeatDetails);
    // without a word from this run the one after it would have to fear that something was sent
    let progress = progressAtStart({ run: info.attempt, progress: before });
    let hasTold = false;
    const run = {
      run: info.attempt,
      progress: before,
      runMs: info.startToCloseTimeoutMs,
      leftMs: timeLeftMs(request, {
        scheduledMs: info.scheduledTimestampMs,
        queuedMs: info.currentAttemptScheduledTimestampMs,
        scheduleToCloseMs: info.scheduleToCloseTimeoutMs,
        nowMs: deps.now(),
      }),
      tell(next: Progress) {
        progress = next;
        hasTold = true;
        heartbeat(next);
      },
      stopIfWithdrawn,
    };
    try {
      const end = await withHeartbeat(
        () => deliver(deps, request, run),
        () => progress,
      );
      return answer(deps, request, end);
    } catch (error) {
      if (!hasTold) heartbeat(progress);
      throw withOutcome(error, progress, info.attempt);
    }
  };
}

/** The store is away, say. Should no run come after this one, the saga must know that something may have been sent. */
function withOutcome(error: unknown, progress: Progress | undefined, run: number): unknown {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  const { first, begun } = progress ?? { first: 1, begun: run };
  if (begun === 0 || begun < first) return error;
  const message = error instanceof Error ? error.message : String(error);
  return ApplicationFailure.create({ message, type: 'unknown', details: [begun, 'unknown'] });
}

function contextOf() {
  const context = Context.current();
  return {
    info: context.info,
    heartbeat: (details: Progress | undefined) => context.heartbeat(details),
    // a cancellation that came is first in the race
    stopIfWithdrawn: () => Promise.race([context.cancelled, Promise.resolve()]),
  };
}

function answer(deps: DeliverDeps, { provider, kind }: NotificationRequest, end: DeliveryEnd): NotifyAnswer {
  if (end.kind === 'delivered') return { providerId: end.providerId, attempts: end.attempts };
  const details = [end.attempts, ...(end.outcome === undefined ? [] : [end.outcome])];
  if (end.kind === 'again') {
    throw ApplicationFailure.create({
      message: end.reason,
      type: end.type,
      details,
      nextRetryDelay: end.afterMs,
    });
  }
  deps.metrics.deadLetters.inc({ provider, reason: end.why });
  if (kind === 'undo') deps.metrics.undoFailed.inc({ provider });
  const type = end.why === 'rejected' ? 'rejected' : 'dead';
  throw ApplicationFailure.create({ message: end.reason, type, nonRetryable: true, details });
}
