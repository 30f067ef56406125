import type { DeliveryAttempted } from '../domain/events/delivery-events.ts';
import { deliveryStreamOf } from '../domain/ids.ts';
import type { NotificationRequest, SendResult } from '../domain/policy/notification.ts';
import type { EventLog } from '../store/event-log.ts';
import type { LaneWriter } from '../store/lane-writer.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { traceIdOf } from '../telemetry/trace-context.ts';
import type { AttemptsSoFar } from './attempts-so-far.ts';

export interface RecordAttemptDeps {
  readonly writer: Pick<LaneWriter, 'append'>;
  readonly log: Pick<EventLog, 'readStream'>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly now: () => number;
}

export interface Attempt {
  readonly result: SendResult;
  readonly attempt: number;
  readonly startedMs: number;
  /** What the stream held before. */
  readonly soFar: Pick<AttemptsSoFar, 'version'>;
}

/** A delivered page counts as delivered even if its record fails: the saga writes it down as well. */
export async function recordAttempt(
  deps: RecordAttemptDeps,
  request: NotificationRequest,
  done: Attempt,
): Promise<DeliveryAttempted['data']> {
  const stream = deliveryStreamOf(request.key);
  const metadata = {
    actor: 'notifier',
    via: 'saga',
    ...(request.traceparent !== undefined && { traceparent: request.traceparent }),
  };
  const body = attempted(request, done, deps.now());
  const events = [{ body, metadata }];
  try {
    const first = await deps.writer.append({ stream, expectedVersion: done.soFar.version, events });
    if (first.kind !== 'appended') {
      const [last] = (await deps.log.readStream(stream)).slice(-1);
      await deps.writer.append({ stream, expectedVersion: last?.version ?? -1, events });
    }
  } catch (error) {
    deps.logger.error(
      { err: error, incidentId: request.incident.id, outcome: done.result.outcome },
      'attempt not recorded',
    );
    if (done.result.outcome !== 'delivered') throw error;
  }
  measure(deps, request, body.data);
  return body.data;
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
      durationMs: Math.max(0, nowMs - startedMs),
    },
  };
}

function measure(
  { metrics, logger, now }: RecordAttemptDeps,
  request: NotificationRequest,
  { provider, outcome, durationMs, attempt }: DeliveryAttempted['data'],
): void {
  metrics.deliveries.inc({ provider, outcome });
  if (outcome === 'unknown') metrics.unknownOutcomes.inc({ provider });
  metrics.deliverySeconds.observe({ provider }, durationMs / 1_000);
  if (outcome === 'delivered' && request.acceptedAt !== undefined) {
    metrics.pageSeconds.observe({ provider }, Math.max(0, now() - Date.parse(request.acceptedAt)) / 1_000);
  }
  logger.info(
    {
      incidentId: request.incident.id,
      notification: request.key,
      channel: request.channel,
      attempt,
      outcome,
      traceId: traceIdOf(request.traceparent),
    },
    'notification attempt',
  );
}
