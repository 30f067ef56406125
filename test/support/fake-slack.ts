import { createFakeHttp, type FakeHttp, type PlainAnswer, type RecordedRequest } from './fake-http.ts';
import { createProgramme, type Programme } from './programmable.ts';
import { reset } from './wire-answers.ts';

export interface FakeSlackOptions {
  readonly token: string;
  /** Ids of the channels that the app is in. */
  readonly channels: readonly string[];
  /** Without the scope to read channels, their history is refused. Default: true. */
  readonly mayReadHistory?: boolean;
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
  /** The labels of its buttons, and what a press of each would carry. */
  readonly buttons: readonly { readonly label: string; readonly actionId: string; readonly value: string }[];
  readonly edits: number;
}

export interface FakeSlack extends Programme, AsyncDisposable {
  readonly apiUrl: string;
  readonly server: FakeHttp;
  /** The messages as they stand now, oldest first. */
  posts(): readonly SlackPost[];
  readonly requests: readonly RecordedRequest[];
  /** The next message is taken, and the connection breaks before its answer. */
  loseNextAnswer(): void;
  /** Where an answer to whoever pressed a button is taken, as `response_url` of the press. */
  responseUrl(name: string): string;
  /** What whoever pressed was shown, by the name in the address. */
  shownTo(name: string): readonly string[];
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

/** The methods that tocsin calls, with Slack's checks, answering 200 to nearly everything as Slack does. */
export async function createFakeSlack(options: FakeSlackOptions): Promise<FakeSlack> {
  const programme = createProgramme();
  const workspace = createWorkspace(options);
  let isLosing = false;
  const server = await createFakeHttp({
    ...(options.port !== undefined && { port: options.port }),
    answer: (request) => {
      const programmed = programme.take(request);
      if (programmed !== undefined) return programmed;
      const answered = json(workspace.call(request));
      if (!isLosing || request.path !== '/api/chat.postMessage') return answered;
      isLosing = false;
      return reset();
    },
  });
  const { next, always } = programme;
  const { url, requests, close } = server;
  const apiUrl = `${url}/api`;
  const responseUrl = (name: string) => `${url}/actions/${name}`;
  return {
    apiUrl,
    server,
    requests,
    posts: workspace.posts,
    loseNextAnswer() {
      isLosing = true;
    },
    responseUrl,
    shownTo: (name) =>
      requests
        .filter(({ path }) => path === `/actions/${name}`)
        .map(({ body }) => (JSON.parse(body) as { readonly text: string }).text),
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
  readonly metadata?: {
    readonly event_type?: string;
    readonly event_payload?: { readonly notification_key?: string };
  };
}

interface SlackBlockInput {
  readonly type: string;
  readonly text?: { readonly text: string };
  readonly elements?: readonly SlackElementInput[];
}

interface SlackElementInput {
  readonly text: string | { readonly text: string };
  readonly action_id?: string;
  readonly value?: string;
}

interface KeptMessage extends SlackPost {
  readonly metadata: SlackCall['metadata'];
}

function createWorkspace({ token, channels, mayReadHistory = true }: FakeSlackOptions) {
  const messages = new Map<string, KeptMessage>();
  const startedSeconds = Math.floor(Date.now() / 1_000);
  let count = 0;

  function post(channel: string, call: SlackCall): object {
    count += 1;
    const ts = `${startedSeconds + count}.${String(count).padStart(6, '0')}`;
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

  /** Newest first in a channel, where answers in threads are left out; oldest first in a thread. */
  function history({ path, body }: RecordedRequest): object {
    const fields = new URLSearchParams(body);
    const [channel, threadTs] = [fields.get('channel'), fields.get('ts')];
    if (!mayReadHistory) return { ok: false, error: 'missing_scope', needed: 'channels:history' };
    if (channel === null || !channels.includes(channel)) return { ok: false, error: 'channel_not_found' };
    const inChannel = [...messages.values()].filter((message) => message.channel === channel);
    const found = path.endsWith('.replies')
      ? inChannel.filter((message) => message.ts === threadTs || message.threadTs === threadTs)
      : inChannel.filter((message) => message.threadTs === undefined).reverse();
    const young = found.filter(({ ts }) => Number(ts) >= Number(fields.get('oldest') ?? 0));
    const from = Number(fields.get('cursor') ?? 0);
    const until = from + Number(fields.get('limit') ?? 100);
    const shownMetadata = fields.get('include_all_metadata') === 'true';
    return {
      ok: true,
      messages: young
        .slice(from, until)
        .map(({ ts, text, metadata }) => ({ ts, text, ...(shownMetadata && { metadata }) })),
      has_more: until < young.length,
      ...(until < young.length && { response_metadata: { next_cursor: String(until) } }),
    };
  }

  function call(request: RecordedRequest): object {
    if (request.path.startsWith('/actions/')) return { ok: true };
    if (request.path.startsWith('/api/conversations.')) {
      return authorizationFault(request) ?? readingFault(request) ?? history(request);
    }
    const input = JSON.parse(request.body) as SlackCall;
    const { channel = '' } = input;
    const error = objectionTo(request, input);
    if (error !== undefined) return { ok: false, error };
    if (request.path === '/api/chat.postMessage') return post(channel, input);
    if (request.path === '/api/chat.update') return update(channel, input);
    return { ok: false, error: 'unknown_method' };
  }

  function objectionTo(request: RecordedRequest, { channel, text, blocks }: SlackCall): string | undefined {
    if (authorizationFault(request) !== undefined) return 'invalid_auth';
    if (!request.headers['content-type']?.startsWith('application/json')) return 'invalid_post_type';
    if (channel === undefined || !channels.includes(channel)) return 'channel_not_found';
    if (!text && !blocks?.length) return 'no_text';
    if ((text?.length ?? 0) > 40_000) return 'msg_too_long';
    const tooMuch =
      (blocks?.length ?? 0) > 50 || textsOf(blocks).some((one) => one.length > 3_000 || one === '');
    const badButton = buttonsOf(blocks).some(
      ({ label, value }) => label.length > 75 || value.length > 2_000 || value === '',
    );
    return tooMuch || badButton ? 'invalid_blocks' : undefined;
  }

  function authorizationFault({ headers }: RecordedRequest): object | undefined {
    return headers.authorization === `Bearer ${token}` ? undefined : { ok: false, error: 'invalid_auth' };
  }

  return { call, posts: () => [...messages.values()] };
}

/** Slack's reading methods take forms alone. */
function readingFault({ path, headers }: RecordedRequest): object | undefined {
  if (!/\.(?:history|replies)$/.test(path)) return { ok: false, error: 'unknown_method' };
  const isForm = headers['content-type'] === 'application/x-www-form-urlencoded';
  return isForm ? undefined : { ok: false, error: 'invalid_post_type' };
}

function shown({ text = '', blocks, metadata }: SlackCall) {
  const key = metadata?.event_payload?.notification_key ?? '';
  return { key, text, metadata, blockText: textsOf(blocks).join('\n'), buttons: buttonsOf(blocks) };
}

function buttonsOf(blocks: readonly SlackBlockInput[] = []): SlackPost['buttons'] {
  return blocks
    .filter(({ type }) => type === 'actions')
    .flatMap(({ elements = [] }) =>
      elements.map((element) => ({
        label: textOf(element.text),
        actionId: element.action_id ?? '',
        value: element.value ?? '',
      })),
    );
}

function textOf(text: string | { readonly text: string }): string {
  return typeof text === 'string' ? text : text.text;
}

function textsOf(blocks: readonly SlackBlockInput[] = []): string[] {
  return blocks.flatMap(({ text, elements = [] }) =>
    [text, ...elements].flatMap((part) => (part === undefined ? [] : textOf(part.text))),
  );
}

function json(body: object): PlainAnswer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
