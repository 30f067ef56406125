import { discordWebhookIdOf } from '../../domain/channel/discord-webhook.ts';
import { unreachable } from '../../domain/never.ts';
import type { NotificationRequest, Notifier } from '../../domain/policy/notification.ts';
import { accountOfUrl } from '../http/account-of-url.ts';
import type { GuardedHttpClient } from '../http/guarded-http-client.ts';
import { type DiscordMessage, discordMessage } from './discord-message.ts';
import { type DiscordReply, readDiscordReply } from './discord-reply.ts';

export interface DiscordNotifierOptions {
  /** The webhook's address: a secret. Its path ends with the webhook's id and its token. */
  readonly url: string;
  readonly onUnknown: 'resend' | 'hold';
  readonly http: GuardedHttpClient;
  readonly now: () => number;
}

/** One channel takes thirty messages a minute of its webhooks. */
const paceMs = 2_000;

/** Discord's number for a message that is not there (Discord, "JSON error codes"). */
const unknownMessage = 10_008;

/**
 * Posts to a webhook of Discord and edits what it posted. Discord's webhooks know no idempotency key and let nobody look
 * for a message, so one that may have arrived is posted again.
 */
export function createDiscordNotifier({ url, onUnknown, http, now }: DiscordNotifierOptions): Notifier {
  const account = accountOfUrl(url);

  async function call(method: 'POST' | 'PATCH', target: string, attempt: Attempt): Promise<DiscordReply> {
    const nowMs = now();
    const { key } = attempt.request;
    const result = await http.post({
      url: target,
      method,
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(attempt.message),
      signal: attempt.signal,
    });
    return readDiscordReply(result, { key, nowMs });
  }

  function post(attempt: Attempt): Promise<DiscordReply> {
    return call('POST', addressOf(url), attempt);
  }

  async function edit(attempt: Attempt): Promise<DiscordReply> {
    const { providerId } = attempt.request;
    if (providerId === undefined || !/^\d{1,20}$/.test(providerId)) return post(attempt);
    const edited = await call('PATCH', addressOf(url, providerId), attempt);
    if (edited.code !== unknownMessage) return edited;
    // A page that was deleted is withdrawn already; other news goes to who has not heard it.
    if (attempt.request.kind !== 'undo') return post(attempt);
    return { result: { outcome: 'delivered', providerId } };
  }

  return {
    provider: 'discord',
    account,
    isIdempotent: false,
    onUnknown,
    canUndo: true,
    pace: { key: `${account}/${discordWebhookIdOf(url) ?? 'webhook'}`, everyMs: paceMs },
    async send(request, { signal }) {
      const attempt = { request, message: discordMessage(request), signal };
      switch (request.kind) {
        case 'page':
        case 'reminder':
        case 'test':
          return (await post(attempt)).result;
        case 'update':
        case 'resolved':
        case 'undo':
          return (await edit(attempt)).result;
        default:
          return unreachable(request.kind);
      }
    },
  };
}

/** One try at one notification. */
interface Attempt {
  readonly request: NotificationRequest;
  readonly message: DiscordMessage;
  readonly signal: AbortSignal;
}

/** Of the webhook, or of a message that it posted; `thread_id` stays. With `wait` Discord tells the message's id. */
function addressOf(webhook: string, messageId?: string): string {
  const url = new URL(webhook);
  url.hash = '';
  if (messageId === undefined) url.searchParams.set('wait', 'true');
  else url.pathname = `${url.pathname.replace(/\/+$/, '')}/messages/${messageId}`;
  return url.href;
}
