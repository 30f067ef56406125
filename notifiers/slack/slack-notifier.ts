import type { NotificationRequest, Notifier } from '../../domain/policy/notification.ts';
import type { GuardedHttpClient } from '../http/guarded-http-client.ts';
import { type SlackMessage, slackMessage } from './slack-message.ts';
import { type PostedMessage, readSlackReply, type SlackReply } from './slack-reply.ts';

export interface SlackNotifierOptions {
  readonly token: string;
  readonly channel: string;
  readonly apiUrl: string;
  readonly http: GuardedHttpClient;
  readonly now: () => number;
  readonly incidentUrlOf: (incidentId: string) => string | undefined;
}

/** One try at one notification. */
interface Attempt {
  readonly request: NotificationRequest;
  readonly signal: AbortSignal;
}

/** The message stands, but Slack will not let us edit it: the news goes below it. */
const uneditable = new Set(['cant_update_message', 'edit_window_closed']);

/**
 * Posts pages to one Slack channel and edits them in place afterwards. Slack knows no idempotency key; the
 * notification's key goes into the message's metadata, where a later lookup can find it.
 */
export function createSlackNotifier(options: SlackNotifierOptions): Notifier {
  const { token, http, now, incidentUrlOf } = options;
  const apiUrl = options.apiUrl.replace(/\/+$/, '');

  async function call(method: string, body: object, { request, signal }: Attempt): Promise<SlackReply> {
    const nowMs = now();
    const result = await http.post({
      url: `${apiUrl}/${method}`,
      headers: { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
      signal,
    });
    const providerIdOf = ({ channel, ts }: PostedMessage) =>
      ts === undefined ? request.key : `${channel ?? options.channel}:${ts}`;
    return readSlackReply(result, providerIdOf, { nowMs, token });
  }

  function post(message: SlackMessage, attempt: Attempt, threadTs?: string): Promise<SlackReply> {
    const body = {
      channel: options.channel,
      ...message,
      ...(threadTs !== undefined && { thread_ts: threadTs }),
      unfurl_links: false,
      unfurl_media: false,
    };
    return call('chat.postMessage', body, attempt);
  }

  async function send(attempt: Attempt): Promise<SlackReply> {
    const { kind, incident, providerId } = attempt.request;
    const message = slackMessage(attempt.request, incidentUrlOf(incident.id));
    const posted = kind === 'page' ? undefined : parseProviderId(providerId);
    if (posted === undefined) return post(message, attempt);
    const edited = await call('chat.update', { ...posted, ...message }, attempt);
    if (edited.error === 'message_not_found') return post(message, attempt);
    if (uneditable.has(edited.error ?? '')) return post(message, attempt, posted.ts);
    return edited;
  }

  return {
    provider: 'slack',
    send: async (request, { signal }) => (await send({ request, signal })).result,
  };
}

/** `<channel>:<ts>`, as `send` hands it out. */
function parseProviderId(providerId: string | undefined): { channel: string; ts: string } | undefined {
  const match = /^([A-Z0-9]{1,32}):(\d{1,16}\.\d{1,10})$/.exec(providerId ?? '');
  const [, channel, ts] = match ?? [];
  return channel === undefined || ts === undefined ? undefined : { channel, ts };
}
