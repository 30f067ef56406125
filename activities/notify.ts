import { ApplicationFailure, Context } from '@temporalio/activity';
import type { DeliveryAttempted } from '../domain/events/delivery-events.ts';
import type { RecordedEvent } from '../domain/events/envelope.ts';
import { deliveryStreamOf } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import type { NotificationRequest, Notifier, SendResult } from '../domain/policy/notification.ts';
import type { EventLog } from '../store/event-log.ts';
import type { LaneWriter } from '../store/lane-writer.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { traceIdOf } from '../telemetry/trace-context.ts';
import type { NotifierActivities, NotifyAnswer } from './activities.ts';
import { retryDelayMs } from './retry-delay.ts';
import { withHeartbeat } from './with-heartbeat.ts';

export interface NotifyDeps {
  /** The configured channel's way of sending; undefined when the configuration has no such channel any more. */
  notifierOf(channel: string): Notifier | undefined | Promise<Notifier | undefined>;
  readonly writer: Pick<LaneWriter, 'append'>;
  readonly log: Pick<EventLog, 'readStream'>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly now: () => number;
  readonly random: () => number;
}

/** One attempt of one notification: asks the log whether it is delivered already, sends, and records what became of it. */
export function createNotify(deps: NotifyDeps): NotifierActivities['notify'] {
  return async (request) => {
    const { attempt } = Context.current().info;
    const earlier = await deps.log.readStream(deliveryStreamOf(request.key));
    const delivered = earlier.map(attemptOf).find(({ outcome }) => outcome === 'delivered');
    if (delivered?.providerId !== undefined)
      return { providerId: delivered.providerId, attempts: delivered.attempt };
    if (isGap(earlier, attempt)) deps.metrics.unknownOutcomes.inc({ provider: request.provider });

    const startedMs = deps.now();
    const result = await withHeartbeat(() => send(deps, request, attempt));
    await recordAttempt(deps, request, { result, attempt, startedMs, after: earlier.at(-1)?.version ?? -1 });
    measure(deps, request, result, startedMs);
    return answer(deps, request, result, attempt);
  };
}

/** The attempt before this one left no record: it may have reached the provider. */
function isGap(earlier: readonly RecordedEvent[], attempt: number): boolean {
  return attempt > 1 && !earlier.some((event) => attemptOf(event).attempt === attempt - 1);
}

/** Only notifier activities write delivery streams, and the store has checked the shape. */
function attemptOf({ body }: RecordedEvent): DeliveryAttempted['data'] {
  return (body as DeliveryAttempted).data;
}

async function send(deps: NotifyDeps, request: NotificationRequest, attempt: number): Promise<SendResult> {
  const notifier = await deps.notifierOf(request.channel);
  if (notifier === undefined)
    return { outcome: 'rejected', reason: 'the channel is not configured any more' };
  // a send under way is finished even when the page is withdrawn: what was sent must be known
  return notifier.send(request, { attempt, signal: AbortSignal.timeout(limits.sendTimeoutMs) });
}

interface Attempt {
  readonly result: SendResult;
  readonly attempt: number;
  readonly startedMs: number;
  readonly after: number;
}

/** A delivered page counts as delivered even if its record fails: the saga writes it down as well. */
async function recordAttempt(deps: NotifyDeps, request: NotificationRequest, done: Attempt): Promise<void> {
  const stream = deliveryStreamOf(request.key);
  const metadata = {
    actor: 'notifier',
    via: 'saga',
    ...(request.traceparent !== undefined && { traceparent: request.traceparent }),
  };
  const events = [{ body: attempted(request, done, deps.now()), metadata }];
  try {
    const first = await deps.writer.append({ stream, expectedVersion: done.after, events });
    if (first.kind === 'appended') return;
    const [last] = (await deps.log.readStream(stream)).slice(-1);
    await deps.writer.append({ stream, expectedVersion: last?.version ?? -1, events });
  } catch (error) {
    deps.logger.error(
      { err: error, incidentId: request.incident.id, outcome: done.result.outcome },
      'attempt not recorded',
    );
    if (done.result.outcome !== 'delivered') throw error;
  }
}

function attempted(
  request: NotificationRequest,
  { result, attempt, startedMs }: Attempt,
  nowMs: number,
): DeliveryAttempted {
  const { key, kind, channel, provider, round, step } = request;
  return {
    type: 'DeliveryAttempted',
    data: {
      at: new Date(startedMs).toISOString(),
      key,
      incidentId: request.incident.id,
      kind,
      channel,
      provider,
      round,
      step,
      attempt,
      outcome: result.outcome,
      ...(result.outcome === 'delivered' ? { providerId: result.providerId } : { reason: result.reason }),
      ...(result.status !== undefined && { status: result.status }),
      durationMs: nowMs - startedMs,
    },
  };
}

function measure(
  { metrics, logger, now }: NotifyDeps,
  request: NotificationRequest,
  result: SendResult,
  startedMs: number,
) {
  const { provider } = request;
  metrics.deliveries.inc({ provider, outcome: result.outcome });
  metrics.deliverySeconds.observe({ provider }, (now() - startedMs) / 1_000);
  if (result.outcome === 'unknown') metrics.unknownOutcomes.inc({ provider });
  if (result.outcome === 'delivered' && request.acceptedAt !== undefined) {
    metrics.pageSeconds.observe({ provider }, Math.max(0, now() - Date.parse(request.acceptedAt)) / 1_000);
  }
  logger.info(
    {
      incidentId: request.incident.id,
      notification: request.key,
      channel: request.channel,
      outcome: result.outcome,
      traceId: traceIdOf(request.traceparent),
    },
    'notification attempt',
  );
}

function answer(
  deps: NotifyDeps,
  request: NotificationRequest,
  result: SendResult,
  attempt: number,
): NotifyAnswer {
  if (result.outcome === 'delivered') return { providerId: result.providerId, attempts: attempt };
  const isLast = result.outcome === 'rejected' || attempt >= limits.maxNotifyAttempts;
  if (isLast) deps.metrics.deadLetters.inc({ provider: request.provider });
  const afterMs = result.outcome === 'retry' ? result.afterMs : undefined;
  throw ApplicationFailure.create({
    message: result.reason,
    type: result.outcome,
    nonRetryable: result.outcome === 'rejected',
    details: [attempt],
    nextRetryDelay: retryDelayMs({ attempt, random: deps.random, ...(afterMs !== undefined && { afterMs }) }),
  });
}
