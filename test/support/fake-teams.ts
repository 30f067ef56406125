import { createFakeHttp, type FakeHttp, type PlainAnswer, type RecordedRequest } from './fake-http.ts';
import { createProgramme, type Programme } from './programmable.ts';

export interface FakeTeamsOptions {
  /** The `sig` of the flow's address. */
  readonly signature: string;
  readonly port?: number;
}

export interface TeamsPost {
  readonly summary: string;
  /** The text of all blocks, line by line. */
  readonly text: string;
  readonly links: readonly string[];
}

export interface FakeTeams extends Programme, AsyncDisposable {
  /** The flow's address. */
  readonly flowUrl: string;
  readonly server: FakeHttp;
  readonly requests: readonly RecordedRequest[];
  /** The cards that were posted, oldest first. */
  posts(): readonly TeamsPost[];
  close(): Promise<void>;
}

interface CardInput {
  readonly type?: string;
  readonly summary?: string;
  readonly attachments?: readonly {
    readonly contentType?: string;
    readonly content?: {
      readonly type?: string;
      readonly body?: readonly {
        readonly type: string;
        readonly inlines?: readonly { readonly text: string }[];
      }[];
      readonly actions?: readonly { readonly url: string }[];
    };
  }[];
}

const maxMessageBytes = 28 * 1_024;
const path = '/workflows/0123456789abcdef0123456789abcdef/triggers/manual/paths/invoke';

/** A flow that starts with "when a Teams webhook request is received": 202 for a card, whatever becomes of it. */
export async function createFakeTeams({ signature, port = 0 }: FakeTeamsOptions): Promise<FakeTeams> {
  const programme = createProgramme();
  const posts: TeamsPost[] = [];

  function answer(request: RecordedRequest): PlainAnswer {
    const url = new URL(request.path, 'http://teams');
    if (url.pathname !== path) return fault(404, 'WorkflowNotFound');
    if (url.searchParams.get('sig') !== signature) return fault(401, 'DirectApiAuthorizationRequired');
    if (Buffer.byteLength(request.body) > maxMessageBytes) return fault(413, 'RequestEntityTooLarge');
    const post = read(JSON.parse(request.body) as CardInput);
    if (post === undefined) return fault(400, 'TriggerInputSchemaMismatch');
    posts.push(post);
    const run = `0858${String(posts.length).padStart(20, '0')}CU01`;
    return { status: 202, headers: { 'x-ms-workflow-run-id': run } };
  }

  const server = await createFakeHttp({
    port,
    answer: (request) => programme.take(request) ?? answer(request),
  });
  const { requests, close } = server;
  return {
    flowUrl: `${server.url}${path}?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=${signature}`,
    server,
    requests,
    posts: () => posts,
    next: programme.next,
    always: programme.always,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function read({ type, summary = '', attachments = [] }: CardInput): TeamsPost | undefined {
  const [attachment] = attachments;
  const card = attachment?.content;
  if (type !== 'message' || attachment?.contentType !== 'application/vnd.microsoft.card.adaptive')
    return undefined;
  if (card?.type !== 'AdaptiveCard' || !card.body?.length) return undefined;
  const runs = card.body.map(({ inlines = [] }) => inlines.map(({ text }) => text).join(''));
  if (runs.includes('')) return undefined;
  return { summary, text: runs.join('\n'), links: (card.actions ?? []).map(({ url }) => url) };
}

function fault(status: number, code: string): PlainAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ error: { code, message: code } }),
  };
}
