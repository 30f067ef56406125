import { printable } from '../dev/terminal.ts';
import { type AskServer, createAskServer } from './ask-server.ts';
import type { EventsCommand } from './events-options.ts';

interface ParkedItem {
  readonly consumer: string;
  readonly stream: string;
  readonly version: number;
  readonly lane: number;
  readonly position: number;
  readonly reason: string;
  readonly parkedAt: string;
}

type AskPage = (cursor: string | null) => ReturnType<AskServer>;

/**
 * Lists what is parked, one line each, or tries it again. The exit code of a retry is 1 while anything of it is still
 * parked. Throws an Error with the reason when the server does not answer.
 */
export async function runEvents(command: EventsCommand, env: NodeJS.ProcessEnv): Promise<number> {
  const ask = createAskServer(command, env);
  return command.verb === 'parked' ? listParked(ask, command) : retryParked(ask, command);
}

async function listParked(ask: AskServer, { stream, consumer }: EventsCommand): Promise<number> {
  const askPage: AskPage = (cursor) => {
    const query = new URLSearchParams({
      ...(stream !== undefined && { stream }),
      ...(consumer !== undefined && { consumer }),
      ...(cursor !== null && { cursor }),
    });
    return ask(`/v1/events/parked?${query}`);
  };
  for await (const { items } of pages(askPage)) {
    // the server's own answer, as its OpenAPI document describes it
    for (const item of items as readonly ParkedItem[]) console.log(lineOf(item));
  }
  return 0;
}

function lineOf({ consumer, stream, version, lane, position, parkedAt, reason }: ParkedItem): string {
  return printable([consumer, `${stream}@${version}`, `${lane}:${position}`, parkedAt, reason].join('  '));
}

async function retryParked(ask: AskServer, { stream, consumer, all }: EventsCommand): Promise<number> {
  const askPage: AskPage = (cursor) => {
    const body = { stream, consumer, ...(all && { all }), ...(cursor !== null && { cursor }) };
    return ask('/v1/events/retry', body);
  };
  let retried = 0;
  let parked = 0;
  for await (const answer of pages(askPage)) {
    retried += Number(answer.retried);
    parked += Number(answer.parked);
  }
  console.log(`${retried} events are through, ${parked} are still parked`);
  return parked === 0 ? 0 : 1;
}

async function* pages(ask: AskPage): AsyncGenerator<Awaited<ReturnType<AskServer>>> {
  let cursor: string | null = null;
  do {
    const answer: Awaited<ReturnType<AskServer>> = await ask(cursor);
    yield answer;
    cursor = typeof answer.next_cursor === 'string' ? answer.next_cursor : null;
  } while (cursor !== null);
}
