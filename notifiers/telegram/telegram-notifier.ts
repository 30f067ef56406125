import type { NotificationRequest, Notifier } from '../../domain/policy/notification.ts';
import { accountOfUrl } from '../http/account-of-url.ts';
import type { GuardedHttpClient } from '../http/guarded-http-client.ts';
import { telegramMessage } from './telegram-message.ts';
import { readTelegramReply, type TelegramReply } from './telegram-reply.ts';

export interface TelegramNotifierOptions {
  /** The bot's token; it is a part of the address of every call. */
  readonly token: string;
  /** The chat's id, such as `-1001234567890`, or `@name` of a public channel. */
  readonly chat: string;
  /** Where the Bot API is: `https://api.telegram.org`. */
  readonly apiUrl: string;
  readonly onUnknown: Notifier['onUnknown'];
  readonly http: GuardedHttpClient;
  readonly now: () => number;
  readonly incidentUrlOf: (incidentId: string) => string | undefined;
}

/** One message a second in one chat (Telegram, "Broadcasting to users"); what exceeds it is refused with 429. */
const everyMs = 1_000;

/** One try at one notification. */
interface Attempt {
  readonly request: NotificationRequest;
  readonly signal: AbortSignal;
}

/**
 * Posts pages to one Telegram chat and edits them in place afterwards. Telegram knows no idempotency key and lets a bot
 * look nothing up: where an outcome is not known, the message is posted again.
 */
export function createTelegramNotifier(options: TelegramNotifierOptions): Notifier {
  const { token, chat, http, now, incidentUrlOf, onUnknown } = options;
  const apiUrl = options.apiUrl.replace(/\/+$/, '');

  async function call(method: string, body: object, { request, signal }: Attempt): Promise<TelegramReply> {
    const nowMs = now();
    const result = await http.post({
      url: `${apiUrl}/bot${token}/${method}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal,
    });
    return readTelegramReply(result, { nowMs, token, key: request.key });
  }

  function post(content: object, attempt: Attempt, replyTo?: number): Promise<TelegramReply> {
    const reply = { message_id: replyTo, allow_sending_without_reply: true };
    const body = { chat_id: chat, ...content, ...(replyTo !== undefined && { reply_parameters: reply }) };
    return call('sendMessage', body, attempt);
  }

  async function send(attempt: Attempt): Promise<TelegramReply> {
    const { request } = attempt;
    const content = {
      text: telegramMessage(request, incidentUrlOf(request.incident.id)),
      parse_mode: 'HTML',
      link_preview_options: { is_disabled: true },
    };
    const posted = isEdit(request) ? parseProviderId(request.providerId) : undefined;
    if (posted === undefined) return post(content, attempt);
    const edited = await call('editMessageText', { ...posted, ...content }, attempt);
    if (edited.result.outcome === 'delivered') {
      return { result: { ...edited.result, providerId: `${posted.chat_id}:${posted.message_id}` } };
    }
    const { description = '' } = edited;
    // an earlier attempt of the same edit was taken
    if (description.includes('message is not modified')) {
      const { status } = edited.result;
      const providerId = `${posted.chat_id}:${posted.message_id}`;
      return { result: { outcome: 'delivered', providerId, ...(status !== undefined && { status }) } };
    }
    // the message is gone, or too old to be edited: the news goes below it
    if (/message (to edit not found|can't be edited)/.test(description)) {
      return post(content, attempt, posted.message_id);
    }
    return edited;
  }

  return {
    provider: 'telegram',
    account: accountOfUrl(apiUrl),
    isIdempotent: false,
    onUnknown,
    pace: { key: `telegram/${chat}`, everyMs },
    canUndo: true,
    send: async (request, { signal }) => (await send({ request, signal })).result,
  };
}

/** A reminder is a message of its own, or nobody's phone would ring. */
function isEdit({ kind }: NotificationRequest): boolean {
  return kind === 'update' || kind === 'resolved' || kind === 'undo';
}

/** `<chat>:<message>`, as `send` hands it out. */
function parseProviderId(
  providerId: string | undefined,
): { readonly chat_id: number; readonly message_id: number } | undefined {
  const [, chat, message] = /^(-?\d{1,16}):(\d{1,16})$/.exec(providerId ?? '') ?? [];
  if (chat === undefined || message === undefined) return undefined;
  return { chat_id: Number(chat), message_id: Number(message) };
}
