import type { IncomingHttpHeaders } from 'node:http';
import type { SendResult } from '../../domain/policy/notification.ts';
import type { OutgoingResult } from './exchange.ts';
import { parseRetryAfterMs } from './retry-after.ts';

/** For a request that got no answer. */
export function resultWithoutResponse(result: Exclude<OutgoingResult, { kind: 'response' }>): SendResult {
  if (result.kind === 'unknown') return { outcome: 'unknown', reason: result.reason };
  return { outcome: result.permanent ? 'rejected' : 'retry', reason: result.reason };
}

export interface RefusedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly nowMs: number;
}

/** For an answer that is not 2xx: overload and faults of the provider pass, everything else stays (payloads: webhooks, Slack). */
export function resultOfRefusal({ status, headers, nowMs }: RefusedAnswer): SendResult {
  const reason = `answered ${status}`;
  const passes = status >= 500 || status === 408 || status === 425 || status === 429;
  if (!passes) return { outcome: 'rejected', reason, status };
  const afterMs = parseRetryAfterMs(headers['retry-after'], nowMs);
  return { outcome: 'retry', reason, status, ...(afterMs !== undefined && { afterMs }) };
}
