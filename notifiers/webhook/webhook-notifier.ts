import type {
  NotificationRequest,
  Notifier,
  SendContext,
  SendResult,
} from '../../domain/policy/notification.ts';
import { accountOfUrl } from '../http/account-of-url.ts';
import type { OutgoingResult } from '../http/exchange.ts';
import type { GuardedHttpClient } from '../http/guarded-http-client.ts';
import { resultOfRefusal, resultWithoutResponse } from '../http/send-result.ts';
import { isTelling } from '../http/telling.ts';
import { createWebhookSigner } from './standard-webhooks.ts';
import { webhookBody } from './webhook-body.ts';

export interface WebhookNotifierOptions {
  /** Of the channel. */
  readonly name: string;
  readonly url: string;
  readonly secrets: readonly string[];
  readonly http: GuardedHttpClient;
  readonly now: () => number;
  readonly incidentUrlOf: (incidentId: string) => string | undefined;
  /** Default: `resend`. */
  readonly onUnknown?: Notifier['onUnknown'];
}

/** Standard Webhooks: a receiver that answers 410 wants no more, until somebody looks. */
const goneForMs = 3_600_000;

/** Posts to any receiver of Standard Webhooks. @throws TocsinError `invalid_config` for unusable secrets. */
export function createWebhookNotifier(options: WebhookNotifierOptions): Notifier {
  const { name, url, secrets, http, now, incidentUrlOf, onUnknown = 'resend' } = options;
  const sign = createWebhookSigner(secrets);
  let goneUntilMs = Number.NEGATIVE_INFINITY;

  return {
    provider: 'webhook',
    // two receivers behind one gateway seldom break together, and one may be the other's fallback
    account: `${accountOfUrl(url)}/${name}`,
    // receivers know a repeat by its `webhook-id`
    isIdempotent: true,
    onUnknown,
    canUndo: true,
    async send(request, context) {
      const nowMs = now();
      // a test page is how somebody looks whether it is back
      if (nowMs < goneUntilMs && request.kind !== 'test') return { outcome: 'rejected', reason: 'gone' };
      const { attempt, signal } = context;
      const body = webhookBody(request, { attempt, incidentUrl: incidentUrlOf(request.incident.id) });
      const signature = sign({ id: request.key, timestampSeconds: Math.floor(nowMs / 1_000), body });
      const headers = { ...headersOf(request, context, nowMs), ...signature };
      const result = resultOf(await http.post({ url, headers, body, signal }), {
        key: request.key,
        nowMs,
        secrets: [url, ...secrets],
      });
      if (result.status === 410) goneUntilMs = nowMs + goneForMs;
      else if (result.outcome === 'delivered') goneUntilMs = Number.NEGATIVE_INFINITY;
      return result;
    },
  };
}

function headersOf(
  { key, tenant, traceparent }: NotificationRequest,
  { deadlineMs }: SendContext,
  nowMs: number,
): Record<string, string> {
  return {
    'content-type': 'application/json',
    'idempotency-key': key,
    'tocsin-deadline': String(Math.max(0, Math.round(deadlineMs - nowMs))),
    'x-tocsin-tenant': tenant,
    ...(traceparent !== undefined && { traceparent }),
  };
}

interface ResultContext {
  readonly key: string;
  readonly nowMs: number;
  readonly secrets: readonly string[];
}

/** The status alone decides: 2xx is taken, 410 and the other 4xx and 3xx are final. */
function resultOf(result: OutgoingResult, { key, nowMs, secrets }: ResultContext): SendResult {
  if (result.kind !== 'response') return resultWithoutResponse(result);
  const { status, headers, body } = result;
  if (status < 200 || status > 299) return resultOfRefusal({ status, headers, nowMs });
  const id = idIn(body);
  const providerId = id !== undefined && !isTelling(id, secrets) ? id : key;
  return { outcome: 'delivered', providerId, status };
}

/** The receiver's own id of the message, if it names one: `{"id":"…"}`. */
function idIn(body: string): string | undefined {
  let id: unknown;
  try {
    id = (JSON.parse(body) as { id?: unknown } | null)?.id;
  } catch {
    // Any body will do for a 2xx, also none.
    return undefined;
  }
  return typeof id === 'string' && /^[\w.:@/-]{1,256}$/.test(id) ? id : undefined;
}
