import { localToken } from '../dev/local-database.ts';
import { printable } from '../dev/terminal.ts';
import type { EventsCommand } from './events-options.ts';

/** A retry may hand some hundred alerts to the engine before it answers. */
const answerTimeoutMs = 30_000;

interface ParkedItem {
  readonly consumer: string;
  readonly stream: string;
  readonly version: number;
  readonly lane: number;
  readonly position: number;
  readonly reason: string;
  readonly parkedAt: string;
}

type Ask = (cursor: string | null) => Promise<Record<string, unknown>>;

/**
 * Lists what is parked, one line each, or tries it again. The exit code of a retry is 1 while anything of it is still
 * parked. Throws an Error with the reason when the server does not answer.
 */
export async function runEvents(command: EventsCommand, env: NodeJS.ProcessEnv): Promise<number> {
  const token = env.TOCSIN_TOKEN || localToken(command.dataDir ?? (env.TOCSIN_DATA_DIR || '.tocsin'));
  if (token === undefined) throw new Error('TOCSIN_TOKEN is not set');
  return command.verb === 'parked' ? listParked(command, token) : retryParked(command, token);
}

async function listParked({ server, stream, consumer }: EventsCommand, token: string): Promise<number> {
  const ask: Ask = (cursor) => {
    const query = new URLSearchParams({
      ...(stream !== undefined && { stream }),
      ...(consumer !== undefined && { consumer }),
      ...(cursor !== null && { cursor }),
    });
    return call(`${server}/v1/events/parked?${query}`, { token });
  };
  for await (const { items } of pages(ask)) {
    // the server's own answer, as its OpenAPI document describes it
    for (const item of items as readonly ParkedItem[]) console.log(lineOf(item));
  }
  return 0;
}

function lineOf({ consumer, stream, version, lane, position, parkedAt, reason }: ParkedItem): string {
  return printable([consumer, `${stream}@${version}`, `${lane}:${position}`, parkedAt, reason].join('  '));
}

async function retryParked({ server, stream, consumer, all }: EventsCommand, token: string): Promise<number> {
  const ask: Ask = (cursor) => {
    const body = { stream, consumer, ...(all && { all }), ...(cursor !== null && { cursor }) };
    return call(`${server}/v1/events/retry`, { token, body });
  };
  let retried = 0;
  let parked = 0;
  for await (const answer of pages(ask)) {
    retried += Number(answer.retried);
    parked += Number(answer.parked);
  }
  console.log(`${retried} events are through, ${parked} are still parked`);
  return parked === 0 ? 0 : 1;
}

async function* pages(ask: Ask): AsyncGenerator<Record<string, unknown>> {
  let cursor: string | null = null;
  do {
    const answer: Record<string, unknown> = await ask(cursor);
    yield answer;
    cursor = typeof answer.next_cursor === 'string' ? answer.next_cursor : null;
  } while (cursor !== null);
}

async function call(
  url: string,
  { token, body }: { readonly token: string; readonly body?: object },
): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(answerTimeoutMs),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (response.ok) return answer;
  const reason = String(answer.detail ?? answer.title ?? 'no reason given');
  throw new Error(`the server answers ${response.status}: ${reason}`);
}
