import { createFakeHttp, type FakeHttp, type PlainAnswer, type RecordedRequest } from './fake-http.ts';
import { createProgramme, type Programme } from './programmable.ts';

export interface FakeTelegramOptions {
  readonly token: string;
  /** Ids of the chats that the bot is in. */
  readonly chats: readonly number[];
  readonly port?: number;
}

export interface TelegramPost {
  readonly chat: number;
  readonly messageId: number;
  /** What is shown, without tags. */
  readonly text: string;
  /** Texts in bold. */
  readonly bold: readonly string[];
  readonly links: readonly string[];
  readonly replyTo?: number;
  readonly edits: number;
}

export interface FakeTelegram extends Programme, AsyncDisposable {
  readonly apiUrl: string;
  readonly server: FakeHttp;
  readonly requests: readonly RecordedRequest[];
  /** The messages as they stand now, oldest first. */
  posts(): readonly TelegramPost[];
  close(): Promise<void>;
}

interface BotCall {
  readonly chat_id?: number | string;
  readonly message_id?: number;
  readonly text?: string;
  readonly parse_mode?: string;
  readonly reply_parameters?: { readonly message_id: number };
}

/** One of the Bot API's errors; `parameters` as Telegram adds them to some. */
export function telegramError(status: number, description: string, parameters?: object): PlainAnswer {
  return json(status, { ok: false, error_code: status, description, ...(parameters && { parameters }) });
}

/** sendMessage and editMessageText of the Bot API with its checks. */
export async function createFakeTelegram(options: FakeTelegramOptions): Promise<FakeTelegram> {
  const programme = createProgramme();
  const bot = createBot(options);
  const server = await createFakeHttp({
    ...(options.port !== undefined && { port: options.port }),
    answer: (request) => programme.take(request) ?? bot.call(request),
  });
  const { next, always } = programme;
  const { url: apiUrl, requests, close } = server;
  return { apiUrl, server, requests, posts: bot.posts, next, always, close, [Symbol.asyncDispose]: close };
}

function createBot({ token, chats }: FakeTelegramOptions) {
  const messages = new Map<string, TelegramPost>();
  let count = 0;

  function sendMessage(chat: number, input: BotCall, content: Content): PlainAnswer {
    count += 1;
    const message = { chat, messageId: count, edits: 0, ...content };
    const replyTo = input.reply_parameters?.message_id;
    messages.set(`${chat}:${count}`, { ...message, ...(replyTo !== undefined && { replyTo }) });
    return taken(message);
  }

  function editMessageText(chat: number, input: BotCall, content: Content): PlainAnswer {
    const message = messages.get(`${chat}:${input.message_id}`);
    if (message === undefined) return telegramError(400, 'Bad Request: message to edit not found');
    if (JSON.stringify(contentOf(message)) === JSON.stringify(content)) {
      const same = 'specified new message content and reply markup are exactly the same as a current content';
      return telegramError(400, `Bad Request: message is not modified: ${same}`);
    }
    const edited = { ...message, ...content, edits: message.edits + 1 };
    messages.set(`${chat}:${message.messageId}`, edited);
    return taken(edited);
  }

  function call({ method, path, body }: RecordedRequest): PlainAnswer {
    if (method !== 'POST') return telegramError(404, 'Not Found');
    if (!path.startsWith(`/bot${token}/`)) return telegramError(401, 'Unauthorized');
    const input = JSON.parse(body) as BotCall;
    const chat = chats.find((id) => id === Number(input.chat_id));
    if (chat === undefined) return telegramError(400, 'Bad Request: chat not found');
    const content = parseHtml(input);
    if ('fault' in content) return telegramError(400, `Bad Request: ${content.fault}`);
    switch (path.slice(`/bot${token}/`.length)) {
      case 'sendMessage':
        return sendMessage(chat, input, content);
      case 'editMessageText':
        return editMessageText(chat, input, content);
      default:
        return telegramError(404, 'Not Found');
    }
  }

  return { call, posts: () => [...messages.values()] };
}

type Content = Pick<TelegramPost, 'text' | 'bold' | 'links'>;

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

/** What Telegram makes of its HTML: a few tags, a few entities, and an error for everything else. */
function parseHtml({ text = '', parse_mode: mode }: BotCall): Content | { readonly fault: string } {
  if (mode !== 'HTML') return { fault: 'unsupported parse_mode' };
  const left = text.replace(/<b>[^<>]*<\/b>|<a href="[^"<>]*">[^<>]*<\/a>/g, '');
  if (/[<>]/.test(left)) return { fault: "can't parse entities: Unsupported start tag" };
  if (/&(?!(?:amp|lt|gt|quot);)/.test(text)) return { fault: "can't parse entities: unknown entity" };
  const shown = plain(text.replace(/<[^>]*>/g, ''));
  if (shown.trim() === '') return { fault: 'message text is empty' };
  if (shown.length > 4_096) return { fault: 'message is too long' };
  return {
    text: shown,
    bold: [...text.matchAll(/<b>([^<>]*)<\/b>/g)].map(({ 1: inner = '' }) => plain(inner)),
    links: [...text.matchAll(/<a href="([^"]*)"/g)].map(({ 1: href = '' }) => plain(href)),
  };
}

function plain(text: string): string {
  return text.replace(/&(\w+);/g, (_, name: string) => entities[name] ?? '');
}

function contentOf({ text, bold, links }: TelegramPost): Content {
  return { text, bold, links };
}

function taken({ chat, messageId, text }: Pick<TelegramPost, 'chat' | 'messageId' | 'text'>): PlainAnswer {
  return json(200, { ok: true, result: { message_id: messageId, chat: { id: chat }, text } });
}

function json(status: number, body: object): PlainAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
