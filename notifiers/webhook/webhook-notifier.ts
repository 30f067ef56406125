import type { NotificationRequest, Notifier, SendResult } from '../../domain/policy/notification.ts';
import type { OutgoingResult } from '../http/exchange.ts';
import type { GuardedHttpClient } from '../http/guarded-http-client.ts';
import { resultOfRefusal, resultWithoutResponse } from '../http/send-result.ts';
import { isTelling } from '../http/telling.ts';
import { createWebhookSigner } from './standard-webhooks.ts';
import { webhookBody } from './webhook-body.ts';

export interface WebhookNotifierOptions {
  readonly url: string;
  readonly secrets: readonly string[];
  readonly http: GuardedHttpClient;
  readonly now: () => number;
  readonly incidentUrlOf: (incidentId: string) => string | undefined;
}

/** Posts to any receiver of Standard Webhooks. @throws TocsinError `invalid_config` for unusable secrets. */
export function createWebhookNotifier(options: WebhookNotifierOptions): Notifier {
  const { url, secrets, http, now, incidentUrlOf } = options;
  const sign = createWebhookSigner(secrets);
  return {
    provider: 'webhook',
    async send(request, { attempt, signal }) {
      const body = webhookBody(request, { attempt, incidentUrl: incidentUrlOf(request.incident.id) });
      const nowMs = now();
      const signature = sign({ id: request.key, timestampSeconds: Math.floor(nowMs / 1_000), body });
      const headers = { ...headersOf(request), ...signature };
      const result = await http.post({ url, headers, body, signal });
      return resultOf(result, { key: request.key, nowMs, secrets: [url, ...secrets] });
    },
  };
}

function headersOf({ key, traceparent }: NotificationRequest): Record<string, string> {
  return {
    'content-type': 'application/json',
    'idempotency-key': key,
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
