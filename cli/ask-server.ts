import { localToken } from '../dev/local-database.ts';

export interface ServerAddress {
  /** Without a slash at the end. */
  readonly server: string;
  /** Of a local stack, whose token is used where there is no other. */
  readonly dataDir?: string;
}

/** Asks a running server; with a body it is a POST, unless another method is given. Throws an Error with the reason it gives for a refusal. */
export type AskServer = (
  path: string,
  body?: object,
  method?: 'DELETE',
) => Promise<Readonly<Record<string, unknown>>>;

/** A test page takes 15 s at most; a retry may hand some hundred alerts to the engine before it answers. */
const answerTimeoutMs = 30_000;

/** Throws an Error when there is no token. */
export function createAskServer({ server, dataDir }: ServerAddress, env: NodeJS.ProcessEnv): AskServer {
  const token = env.TOCSIN_TOKEN || localToken(dataDir ?? (env.TOCSIN_DATA_DIR || '.tocsin'));
  if (token === undefined) throw new Error('TOCSIN_TOKEN is not set');
  return async (path, body, method) => {
    const response = await fetch(`${server}${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      redirect: 'error',
      signal: AbortSignal.timeout(answerTimeoutMs),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (response.ok) return answer;
    const reason = String(answer.detail ?? answer.title ?? 'no reason given');
    throw new Error(`the server answers ${response.status}: ${reason}`);
  };
}

const defaultServer = 'http://127.0.0.1:8080';

/** The value of `--server`. Throws an Error when it is no URL. */
export function readServer(server: string = defaultServer): string {
  if (!/^https?:\/\/[^/]/.test(server))
    throw new Error('--server must be a URL such as http://127.0.0.1:8080');
  return server.replace(/\/+$/, '');
}
