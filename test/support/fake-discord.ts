import { createFakeHttp, type FakeHttp, type PlainAnswer, type RecordedRequest } from './fake-http.ts';
import { createProgramme, type Programme } from './programmable.ts';

export interface FakeDiscordOptions {
  readonly webhookId: string;
  readonly webhookToken: string;
  readonly port?: number;
}

export interface DiscordPost {
  readonly id: string;
  readonly content: string;
  readonly description: string;
  readonly footer: string;
  readonly edits: number;
}

export interface FakeDiscord extends Programme, AsyncDisposable {
  /** The webhook's address. */
  readonly webhookUrl: string;
  readonly server: FakeHttp;
  readonly requests: readonly RecordedRequest[];
  /** The messages as they stand now, oldest first. */
  posts(): readonly DiscordPost[];
  /** Somebody deletes a message. */
  remove(id: string): void;
  close(): Promise<void>;
}

interface MessageInput {
  readonly content?: string;
  readonly embeds?: readonly { readonly description?: string; readonly footer?: { readonly text: string } }[];
  readonly allowed_mentions?: { readonly parse?: readonly string[] };
}

/** `{"message", "retry_after", "global"}`, with seconds that have a fraction. */
export function discordRateLimited(retryAfterSeconds: number): PlainAnswer {
  const body = { message: 'You are being rate limited.', retry_after: retryAfterSeconds, global: false };
  return { ...json(429, body), headers: { 'retry-after': String(Math.ceil(retryAfterSeconds)) } };
}

/** A webhook of Discord with its checks of lengths: executes, and edits what it posted. */
export async function createFakeDiscord(options: FakeDiscordOptions): Promise<FakeDiscord> {
  const programme = createProgramme();
  const path = `/api/webhooks/${options.webhookId}/${options.webhookToken}`;
  const messages = new Map<string, DiscordPost>();

  function answer(request: RecordedRequest): PlainAnswer {
    const url = new URL(request.path, 'http://discord');
    if (!url.pathname.startsWith(path)) return json(404, { message: 'Unknown Webhook', code: 10015 });
    const input = JSON.parse(request.body) as MessageInput;
    const fault = faultOf(input);
    if (fault !== undefined) return json(400, { message: 'Invalid Form Body', code: 50035, errors: fault });
    const id = /^\/messages\/(\d+)$/.exec(url.pathname.slice(path.length))?.[1];
    if (request.method === 'PATCH') return edit(id ?? '', input);
    if (request.method !== 'POST' || url.pathname !== path) return json(405, { message: '405', code: 0 });
    return post(input, url.searchParams.get('wait') === 'true');
  }

  function post(input: MessageInput, isAwaited: boolean): PlainAnswer {
    const id = String(1_400_000_000_000_000_000n + BigInt(messages.size));
    messages.set(id, { id, edits: 0, ...shown(input) });
    return isAwaited ? json(200, { id, type: 0, content: input.content }) : { status: 204 };
  }

  function edit(id: string, input: MessageInput): PlainAnswer {
    const message = messages.get(id);
    if (message === undefined) return json(404, { message: 'Unknown Message', code: 10008 });
    messages.set(id, { ...message, ...shown(input), edits: message.edits + 1 });
    return json(200, { id });
  }

  const server = await createFakeHttp({
    ...(options.port !== undefined && { port: options.port }),
    answer: (request) => programme.take(request) ?? answer(request),
  });
  const { requests, close } = server;
  return {
    webhookUrl: `${server.url}${path}`,
    server,
    requests,
    posts: () => [...messages.values()],
    remove: (id) => void messages.delete(id),
    next: programme.next,
    always: programme.always,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Every message must say that nobody is to be pinged: the default pings. */
function faultOf({
  content = '',
  embeds = [],
  allowed_mentions: mentions,
}: MessageInput): object | undefined {
  const size = embeds.reduce(
    (sum, { description = '', footer }) => sum + description.length + (footer?.text.length ?? 0),
    0,
  );
  if (content === '' && embeds.length === 0) return { content: 'empty' };
  if (content.length > 2_000) return { content: 'too long' };
  if (embeds.some(({ description = '' }) => description.length > 4_096)) return { description: 'too long' };
  if (embeds.some(({ footer }) => (footer?.text.length ?? 0) > 2_048)) return { footer: 'too long' };
  if (size > 6_000) return { embeds: 'too long' };
  return mentions?.parse?.length === 0 ? undefined : { allowed_mentions: 'would ping' };
}

function shown({ content = '', embeds = [] }: MessageInput) {
  const [embed] = embeds;
  return { content, description: embed?.description ?? '', footer: embed?.footer?.text ?? '' };
}

function json(status: number, body: object): PlainAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
