import { limits } from '../../domain/limits.ts';
import type { NotificationRequest, Notifier, SendContext } from '../../domain/policy/notification.ts';
import { accountOfUrl } from '../http/account-of-url.ts';
import type { OutgoingResult } from '../http/exchange.ts';
import type { GuardedHttpClient } from '../http/guarded-http-client.ts';
import { findMessage, type HistoryAnswer, type HistoryQuestion, type SlackReader } from './slack-history.ts';
import { type SlackMessage, slackMessage } from './slack-message.ts';
import { type PostedMessage, readSlackReply, type SlackReply } from './slack-reply.ts';

export interface SlackNotifierOptions {
  readonly token: string;
  readonly channel: string;
  readonly apiUrl: string;
  /** Whether presses of buttons reach tocsin: the channel has a signing secret. */
  readonly hasButtons: boolean;
  readonly onUnknown: 'resend' | 'hold';
  readonly http: GuardedHttpClient;
  readonly now: () => number;
  readonly incidentUrlOf: (incidentId: string) => string | undefined;
}

/** One try at one notification. */
interface Attempt {
  readonly request: NotificationRequest;
  readonly context: SendContext;
}

/** chat.postMessage takes about one message a second into one channel (Slack, "Rate limits"). */
const paceMs = 1_000;

/** The message stands, but Slack will not let us edit it: the news goes below it. */
const uneditable = new Set(['cant_update_message', 'edit_window_closed']);

/**
 * Posts pages to one Slack channel and edits them in place afterwards. Slack knows no idempotency key; the
 * notification's key goes into the message's metadata, where it is looked for before a message that may have arrived
 * is posted again.
 */
export function createSlackNotifier(options: SlackNotifierOptions): Notifier {
  const { token, hasButtons, onUnknown, http, now, incidentUrlOf } = options;
  const apiUrl = options.apiUrl.replace(/\/+$/, '');
  const account = accountOfUrl(apiUrl);

  async function call(method: string, body: object, { request, context }: Attempt): Promise<SlackReply> {
    const nowMs = now();
    const result = await http.post({
      url: `${apiUrl}/${method}`,
      headers: { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
      signal: context.signal,
    });
    const providerIdOf = ({ channel, ts }: PostedMessage) =>
      ts === undefined ? request.key : `${channel ?? options.channel}:${ts}`;
    return readSlackReply(result, providerIdOf, { nowMs, token });
  }

  /** Slack's reading methods take no JSON. They must leave time to post. */
  function readerFor({ context }: Attempt): SlackReader {
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(limits.slackLookupMs)]);
    return async (method, fields) => {
      const result = await http.post({
        url: `${apiUrl}/${method}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `Bearer ${token}` },
        body: new URLSearchParams(fields).toString(),
        signal,
        maxResponseBytes: limits.maxSlackHistoryBytes,
      });
      return bodyOf(result);
    };
  }

  function find(
    attempt: Attempt,
    question: Pick<HistoryQuestion, 'isIt'> & Partial<Pick<HistoryQuestion, 'threadTs' | 'sinceMs'>>,
  ): Promise<HistoryAnswer> {
    const { channel } = options;
    const sinceMs = now() - limits.slackLookbackMs;
    return findMessage(readerFor(attempt), { channel, sinceMs, ...question });
  }

  async function post(message: SlackMessage, attempt: Attempt, threadTs?: string): Promise<SlackReply> {
    const { request, context } = attempt;
    const thread = threadTs === undefined ? {} : { threadTs };
    if (context.mayHaveArrived) {
      const isIt: HistoryQuestion['isIt'] = (payload) => payload.notification_key === request.key;
      const arrived = await find(attempt, { isIt, ...thread });
      if (arrived.kind === 'found') return delivered(`${options.channel}:${arrived.ts}`);
    }
    const body = {
      channel: options.channel,
      ...message,
      ...(threadTs !== undefined && { thread_ts: threadTs }),
      unfurl_links: false,
      unfurl_media: false,
    };
    return call('chat.postMessage', body, attempt);
  }

  async function edit(message: SlackMessage, attempt: Attempt): Promise<SlackReply> {
    const posted = parseProviderId(attempt.request.providerId);
    if (posted === undefined) return post(message, attempt);
    const edited = await call('chat.update', { ...posted, ...message }, attempt);
    if (edited.error === 'message_not_found') return post(message, attempt);
    if (uneditable.has(edited.error ?? '')) return post(message, attempt, posted.ts);
    return edited;
  }

  /** Where nobody knows whether the page arrived, it is looked for; what never was there needs no taking back. */
  async function withdraw(message: SlackMessage, attempt: Attempt): Promise<SlackReply> {
    const { request } = attempt;
    const known = parseProviderId(request.providerId);
    if (known !== undefined) return withdrawPosted(message, attempt, known);
    // a page of unknown outcome is taken back once its incident is over, hours later perhaps
    const sinceMs = Math.min(now(), Date.parse(request.incident.openedAt)) - limits.slackLookbackMs;
    const page = await find(attempt, { isIt: isPageBehind(request), sinceMs });
    if (page.kind === 'absent') return delivered(request.key);
    if (page.kind === 'unreadable') return post(message, attempt);
    return withdrawPosted(message, attempt, { channel: options.channel, ts: page.ts });
  }

  async function withdrawPosted(
    message: SlackMessage,
    attempt: Attempt,
    posted: Required<PostedMessage>,
  ): Promise<SlackReply> {
    const edited = await call('chat.update', { ...posted, ...message }, attempt);
    if (edited.error === 'message_not_found') return delivered(attempt.request.key);
    if (uneditable.has(edited.error ?? '')) return post(message, attempt, posted.ts);
    return edited;
  }

  async function send(attempt: Attempt): Promise<SlackReply> {
    const { kind, incident, providerId } = attempt.request;
    const message = slackMessage(attempt.request, { incidentUrl: incidentUrlOf(incident.id), hasButtons });
    switch (kind) {
      case 'update':
      case 'resolved':
        return edit(message, attempt);
      case 'undo':
        return withdraw(message, attempt);
      case 'reminder':
        return post(message, attempt, parseProviderId(providerId)?.ts);
      default:
        return post(message, attempt);
    }
  }

  return {
    provider: 'slack',
    account,
    isIdempotent: false,
    onUnknown,
    canUndo: true,
    pace: { key: `${account}/${options.channel}`, everyMs: paceMs },
    send: async (request, context) => (await send({ request, context })).result,
  };
}

function delivered(providerId: string): SlackReply {
  return { result: { outcome: 'delivered', providerId } };
}

/** The page by its own key, or as edited since: of the same step to the same channel. */
function isPageBehind({ incident, round, step, channel, of }: NotificationRequest): HistoryQuestion['isIt'] {
  return (payload) =>
    (of !== undefined && payload.notification_key === of) ||
    (payload.incident_id === incident.id &&
      payload.round === round &&
      payload.step === step &&
      payload.target === channel &&
      payload.kind !== 'reminder');
}

function bodyOf(result: OutgoingResult): unknown {
  if (result.kind !== 'response' || result.status !== 200 || !result.complete) return undefined;
  try {
    return JSON.parse(result.body) as unknown;
  } catch {
    // Not being able to look is no reason not to page.
    return undefined;
  }
}

/** `<channel>:<ts>`, as `send` hands it out. */
function parseProviderId(providerId: string | undefined): { channel: string; ts: string } | undefined {
  const match = /^([A-Z0-9]{1,32}):(\d{1,16}\.\d{1,10})$/.exec(providerId ?? '');
  const [, channel, ts] = match ?? [];
  return channel === undefined || ts === undefined ? undefined : { channel, ts };
}
