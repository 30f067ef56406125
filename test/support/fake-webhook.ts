import { webcrypto } from 'node:crypto';
import { createFakeHttp, type FakeHttp, type PlainAnswer, type RecordedRequest } from './fake-http.ts';
import { createProgramme, type Programme } from './programmable.ts';

export interface FakeWebhookOptions {
  /** What the receiver knows; without any it believes everybody. */
  readonly secret?: string;
  readonly port?: number;
}

export interface WebhookDelivery {
  /** `webhook-id`: the notification's key. */
  readonly key: string;
  readonly type: string;
  readonly incidentId: string;
  readonly title: string;
  readonly request: RecordedRequest;
}

export interface FakeWebhook extends Programme, AsyncDisposable {
  readonly url: string;
  readonly server: FakeHttp;
  /** Every request with a good signature that was answered 2xx. */
  readonly deliveries: readonly WebhookDelivery[];
  /** Every request, also those that were refused or cut. */
  readonly requests: readonly RecordedRequest[];
  close(): Promise<void>;
}

/** How old a signature may be, and how far ahead. */
const maxSkewSeconds = 300;

/** A receiver of Standard Webhooks: 401 for a bad signature, else 200, unless it is told otherwise. */
export async function createFakeWebhook({ secret, port }: FakeWebhookOptions = {}): Promise<FakeWebhook> {
  const programme = createProgramme();
  const deliveries: WebhookDelivery[] = [];
  const server = await createFakeHttp({
    ...(port !== undefined && { port }),
    answer: async (request) => {
      const refused = secret === undefined ? undefined : await refuse(request, secret);
      if (refused !== undefined) return refused;
      const answer = programme.take(request) ?? { status: 200, body: '{}' };
      if (typeof answer !== 'function' && answer.status >= 200 && answer.status < 300) {
        deliveries.push(deliveryOf(request));
      }
      return answer;
    },
  });
  const { next, always } = programme;
  const { url, requests, close } = server;
  return { url, server, requests, deliveries, next, always, close, [Symbol.asyncDispose]: close };
}

function deliveryOf(request: RecordedRequest): WebhookDelivery {
  const body = JSON.parse(request.body) as { type: string; incident: { id: string; title: string } };
  return {
    key: request.headers['webhook-id'] ?? '',
    type: body.type,
    incidentId: body.incident.id,
    title: body.incident.title,
    request,
  };
}

async function refuse(request: RecordedRequest, secret: string): Promise<PlainAnswer | undefined> {
  const stamp = Number(request.headers['webhook-timestamp']);
  if (!(Math.abs(Date.now() / 1_000 - stamp) <= maxSkewSeconds)) return { status: 401, body: 'stale' };
  if (!(await hasValidSignature(request, secret))) return { status: 401, body: 'bad signature' };
  return undefined;
}

/** Written against the specification, through WebCrypto, so that it shares nothing with what it checks. */
export async function hasValidSignature(
  { headers, body }: Pick<RecordedRequest, 'headers' | 'body'>,
  secret: string,
): Promise<boolean> {
  const encoder = new TextEncoder();
  const keyBytes = secret.startsWith('whsec_')
    ? Uint8Array.from(atob(secret.slice(6)), (character) => character.charCodeAt(0))
    : encoder.encode(secret);
  const key = await webcrypto.subtle.importKey('raw', keyBytes, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ]);
  const signed = encoder.encode([headers['webhook-id'], headers['webhook-timestamp'], body].join('.'));
  for (const entry of (headers['webhook-signature'] ?? '').split(' ')) {
    const [version, signature = ''] = entry.split(',');
    if (version !== 'v1') continue;
    const bytes = Uint8Array.from(atob(signature), (character) => character.charCodeAt(0));
    if (await webcrypto.subtle.verify('HMAC', key, bytes, signed)) return true;
  }
  return false;
}
