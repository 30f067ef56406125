import { createFakeHttp, type FakeHttp, type PlainAnswer, type RecordedRequest } from './fake-http.ts';
import { createProgramme, type Programme } from './programmable.ts';

export interface FakeSlackOptions {
  readonly token: string;
  /** Ids of the channels that the app is in. */
  readonly channels: readonly string[];
  readonly port?: number;
}

export interface SlackPost {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs?: string;
  /** The notification that wrote what the message says now. */
  readonly key: string;
  readonly text: string;
  /** The text of all blocks, as Slack would get it. */
  readonly blockText: string;
  readonly edits: number;
}

export interface FakeSlack extends Programme, AsyncDisposable {
  readonly apiUrl: string;
  readonly server: FakeHttp;
  /** The messages as they stand now, oldest first. */
  posts(): readonly SlackPost[];
  readonly requests: readonly RecordedRequest[];
  close(): Promise<void>;
}

/** `{"ok":false}` with one of Slack's error codes. */
export function slackError(error: string): PlainAnswer {
  return json({ ok: false, error });
}

export function slackRateLimited(retryAfterSeconds: number): PlainAnswer {
  const answer = slackError('ratelimited');
  return { ...answer, status: 429, headers: { ...answer.headers, 'retry-after': String(retryAfterSeconds) } };
}

/** chat.postMessage and chat.update with Slack's checks, answering 200 to nearly everything as Slack does. */
export async function createFakeSlack(options: FakeSlackOptions): Promise<FakeSlack> {
  const programme = createProgramme();
  const workspace = createWorkspace(options);
  const server = await createFakeHttp({
    ...(options.port !== undefined && { port: options.port }),
    answer: (request) => programme.take(request) ?? json(workspace.call(request)),
  });
  const { next, always } = programme;
  const { url, requests, close } = server;
  const apiUrl = `${url}/api`;
  return {
    apiUrl,
    server,
    requests,
    posts: workspace.posts,
    next,
    always,
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface SlackCall {
  readonly channel?: string;
  readonly ts?: string;
  readonly thread_ts?: string;
  readonly text?: string;
  readonly blocks?: readonly SlackBlockInput[];
  readonly metadata?: { readonly event_payload?: { readonly notification_key?: string } };
}

interface SlackBlockInput {
  readonly text?: { readonly text: string };
  readonly elements?: readonly { readonly text: string }[];
}

function createWorkspace({ token, channels }: FakeSlackOptions) {
  const messages = new Map<string, SlackPost>();
  let count = 0;

  function post(channel: string, call: SlackCall): object {
    count += 1;
    const ts = `${1_700_000_000 + count}.${String(count).padStart(6, '0')}`;
    const threadTs = call.thread_ts;
    messages.set(`${channel}:${ts}`, {
      ...shown(call),
      channel,
      ts,
      edits: 0,
      ...(threadTs && { threadTs }),
    });
    return { ok: true, channel, ts };
  }

  function update(channel: string, call: SlackCall): object {
    const message = messages.get(`${channel}:${call.ts}`);
    if (message === undefined) return { ok: false, error: 'message_not_found' };
    messages.set(`${channel}:${call.ts}`, { ...message, ...shown(call), edits: message.edits + 1 });
    return { ok: true, channel, ts: message.ts };
  }

  function call(request: RecordedRequest): object {
    const input = JSON.parse(request.body) as SlackCall;
    const { channel = '' } = input;
    const error = objectionTo(request, input);
    if (error !== undefined) return { ok: false, error };
    if (request.path === '/api/chat.postMessage') return post(channel, input);
    if (request.path === '/api/chat.update') return update(channel, input);
    return { ok: false, error: 'unknown_method' };
  }

  function objectionTo(request: RecordedRequest, { channel, text, blocks }: SlackCall): string | undefined {
    if (request.headers.authorization !== `Bearer ${token}`) return 'invalid_auth';
    if (!request.headers['content-type']?.startsWith('application/json')) return 'invalid_post_type';
    if (channel === undefined || !channels.includes(channel)) return 'channel_not_found';
    if (!text && !blocks?.length) return 'no_text';
    if ((text?.length ?? 0) > 40_000) return 'msg_too_long';
    const tooMuch =
      (blocks?.length ?? 0) > 50 || textsOf(blocks).some((one) => one.length > 3_000 || one === '');
    return tooMuch ? 'invalid_blocks' : undefined;
  }

  return { call, posts: () => [...messages.values()] };
}

function shown({ text = '', blocks, metadata }: SlackCall) {
  const key = metadata?.event_payload?.notification_key ?? '';
  return { key, text, blockText: textsOf(blocks).join('\n') };
}

function textsOf(blocks: readonly SlackBlockInput[] = []): string[] {
  return blocks.flatMap(({ text, elements = [] }) => [text, ...elements].flatMap((part) => part?.text ?? []));
}

function json(body: object): PlainAnswer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
