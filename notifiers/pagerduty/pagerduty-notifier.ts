import type { Notifier, SendResult } from '../../domain/policy/notification.ts';
import { accountOfUrl } from '../http/account-of-url.ts';
import type { OutgoingResult } from '../http/exchange.ts';
import type { GuardedHttpClient } from '../http/guarded-http-client.ts';
import { resultOfRefusal, resultWithoutResponse } from '../http/send-result.ts';
import { providerWords } from '../text/provider-words.ts';
import { dedupKeyOf, pagerdutyEvent } from './pagerduty-event.ts';

export interface PagerdutyNotifierOptions {
  /** The channel's name, by which its pace is kept. */
  readonly name: string;
  readonly routingKey: string;
  /** Where the Events API is: `https://events.pagerduty.com`. */
  readonly apiUrl: string;
  readonly onUnknown: Notifier['onUnknown'];
  readonly http: GuardedHttpClient;
  readonly now: () => number;
  readonly incidentUrlOf: (incidentId: string) => string | undefined;
}

/** 120 events a minute for each integration key; what exceeds it is refused with 429. */
const everyMs = 500;

/** Opens, acknowledges and resolves an alert at PagerDuty (Events API v2), with the incident's id as `dedup_key`. */
export function createPagerdutyNotifier(options: PagerdutyNotifierOptions): Notifier {
  const { name, routingKey, http, now, incidentUrlOf, onUnknown } = options;
  const url = `${options.apiUrl.replace(/\/+$/, '')}/v2/enqueue`;
  return {
    provider: 'pagerduty',
    account: accountOfUrl(url),
    isIdempotent: true,
    onUnknown,
    pace: { key: `pagerduty/${name}`, everyMs },
    canUndo: true,
    async send(request, { signal }) {
      const nowMs = now();
      const body = pagerdutyEvent(request, { routingKey, incidentUrl: incidentUrlOf(request.incident.id) });
      const headers = { 'content-type': 'application/json' };
      const result = await http.post({ url, headers, body, signal });
      return readPagerdutyReply(result, { nowMs, routingKey, dedupKey: dedupKeyOf(request) });
    },
  };
}

interface PagerdutyReplyContext {
  readonly nowMs: number;
  readonly routingKey: string;
  readonly dedupKey: string;
}

/** 202 is the one answer that means it was taken; another 2xx, from a proxy perhaps, must say so in its body. */
function readPagerdutyReply(
  result: OutgoingResult,
  { nowMs, routingKey, dedupKey }: PagerdutyReplyContext,
): SendResult {
  if (result.kind !== 'response') return resultWithoutResponse(result);
  const { status, headers } = result;
  const body = result.complete ? parseReply(result.body) : undefined;
  if (status === 202 || (status >= 200 && status < 300 && body?.status === 'success')) {
    return { outcome: 'delivered', providerId: dedupKey, status };
  }
  if (status >= 200 && status < 300) {
    return { outcome: 'unknown', reason: 'the answer could not be read', status };
  }
  const refusal = resultOfRefusal({ status, headers, nowMs });
  if (refusal.outcome !== 'rejected') return refusal;
  const words = providerWords(firstError(body?.errors) ?? body?.message, [routingKey]);
  return words === undefined ? refusal : { ...refusal, reason: `pagerduty: ${words}` };
}

interface PagerdutyReply {
  readonly status?: unknown;
  readonly message?: unknown;
  readonly errors?: unknown;
}

function parseReply(text: string): PagerdutyReply | undefined {
  try {
    return (JSON.parse(text) as PagerdutyReply | null) ?? undefined;
  } catch {
    // A proxy's page, say.
    return undefined;
  }
}

function firstError(errors: unknown): unknown {
  return Array.isArray(errors) ? errors[0] : undefined;
}
