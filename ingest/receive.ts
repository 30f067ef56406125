import type { SourceConfig, TocsinConfig } from '../config/config.ts';
import { findSource } from '../config/source-keys.ts';
import { errorCodeOf, TocsinError } from '../domain/errors.ts';
import { alertmanagerFormat } from '../sources/alertmanager/alertmanager.ts';
import type { ParsedPayload, RejectedAlert, SourceFormat } from '../sources/source.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { traceIdOf } from '../telemetry/trace-context.ts';
import type { Acceptor, AcceptResult } from './acceptor.ts';
import { checkContentType } from './content-type.ts';
import { readBody } from './read-body.ts';

export interface ReceiverOptions {
  readonly config: () => TocsinConfig;
  readonly acceptor: Pick<Acceptor, 'accept'>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface ReceiveRequest {
  /** As it stood in the address: secret. */
  readonly key: string;
  readonly rawBody: Buffer;
  readonly contentType: string | undefined;
  readonly requestId: string;
  readonly traceparent: string;
}

export interface ReceiveAnswer {
  /** 202 when any alert was accepted, a duplicate or dropped as too late; 422 when all were rejected. */
  readonly status: 202 | 422;
  readonly body: {
    readonly accepted: number;
    readonly duplicates: number;
    readonly dropped: AcceptResult['dropped'];
    readonly rejected: readonly RejectedAlert[];
  };
}

/** One request of a sender, from its bytes to the durable answer. */
export interface Receiver {
  /** Throws TocsinError when the request as a whole is refused; then nothing of it was accepted for certain. */
  receive(request: ReceiveRequest): Promise<ReceiveAnswer>;
}

const formats: Readonly<Record<SourceConfig['type'], SourceFormat>> = { alertmanager: alertmanagerFormat };

export function createReceiver(options: ReceiverOptions): Receiver {
  const { config, metrics } = options;
  return {
    async receive(request) {
      const source = findSource(config(), request.key);
      if (source === undefined) {
        metrics.alertsRejected.inc({ source: 'unknown', reason: 'unknown_source' });
        throw new TocsinError('unknown_source');
      }
      const stopTimer = metrics.acceptSeconds.startTimer({ source: source.name });
      try {
        const answer = await receiveFrom(source, request, options);
        stopTimer();
        return answer;
      } catch (error) {
        metrics.alertsRejected.inc({ source: source.name, reason: errorCodeOf(error) });
        throw error;
      }
    },
  };
}

async function receiveFrom(
  source: SourceConfig,
  request: ReceiveRequest,
  options: ReceiverOptions,
): Promise<ReceiveAnswer> {
  checkContentType(request.contentType);
  const body = readBody(request.rawBody);
  const context = { tenant: source.tenant, source: source.name, receivedAtMs: options.now() };
  const payload = formats[source.type].parse(body, context);
  const { requestId, traceparent } = request;
  const result = await options.acceptor.accept({
    source,
    alerts: payload.alerts,
    metadata: { requestId, traceparent },
  });
  report({ source: source.name, request, payload, result }, options);
  const { accepted, duplicates, dropped } = result;
  return {
    status: payload.alerts.length > 0 ? 202 : 422,
    body: { accepted, duplicates, dropped, rejected: payload.rejected },
  };
}

interface Received {
  readonly source: string;
  readonly request: ReceiveRequest;
  readonly payload: ParsedPayload;
  readonly result: AcceptResult;
}

function report(
  { source, request, payload, result }: Received,
  { metrics, logger }: Pick<ReceiverOptions, 'metrics' | 'logger'>,
): void {
  const { rejected, truncatedAlerts } = payload;
  metrics.alertsAccepted.inc({ source }, result.accepted);
  metrics.alertsDuplicate.inc({ source }, result.duplicates);
  for (const { reason } of result.dropped) metrics.alertsDropped.inc({ source, reason });
  metrics.alertsRejected.inc({ source, reason: 'invalid_alert' }, rejected.length);
  metrics.alertsTruncated.inc({ source }, truncatedAlerts);
  const line = {
    source,
    requestId: request.requestId,
    traceId: traceIdOf(request.traceparent),
    accepted: result.accepted,
    duplicates: result.duplicates,
    dropped: result.dropped.length,
    rejected: rejected.length,
    truncated: truncatedAlerts,
  };
  if (rejected.length > 0)
    logger.warn({ ...line, first: rejected[0] }, 'some alerts of a batch were rejected');
  else if (truncatedAlerts > 0) logger.warn(line, 'the sender left alerts out: raise its max_alerts');
  else logger.debug(line, 'alerts received');
}
