import type { AcceptCounts, ParsedPayload } from '../sources/source.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { traceIdOf } from '../telemetry/trace-context.ts';

/** What became of one request of a source. */
export interface Received {
  readonly source: string;
  readonly requestId: string;
  readonly traceparent: string;
  readonly payload: ParsedPayload;
  readonly counts: AcceptCounts;
}

/** Counts every alert of the request once, and writes a line worth reading when a sender should change something. */
export function reportReceived(
  { source, requestId, traceparent, payload, counts }: Received,
  { metrics, logger }: { readonly metrics: Metrics; readonly logger: Logger },
): void {
  const { rejected, truncatedAlerts } = payload;
  metrics.alertsAccepted.inc({ source }, counts.accepted);
  metrics.alertsDuplicate.inc({ source }, counts.duplicates);
  for (const { reason } of counts.dropped) metrics.alertsDropped.inc({ source, reason });
  metrics.alertsRejected.inc({ source, reason: 'invalid_alert' }, rejected.length);
  metrics.alertsTruncated.inc({ source }, truncatedAlerts);
  const line = {
    source,
    requestId,
    traceId: traceIdOf(traceparent),
    accepted: counts.accepted,
    duplicates: counts.duplicates,
    dropped: counts.dropped.length,
    rejected: rejected.length,
    truncated: truncatedAlerts,
  };
  if (rejected.length > 0)
    logger.warn({ ...line, first: rejected[0] }, 'some alerts of a batch were rejected');
  else if (truncatedAlerts > 0) logger.warn(line, 'the sender left alerts out: raise its max_alerts');
  else logger.debug(line, 'alerts received');
}
