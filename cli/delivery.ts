import { printable } from '../dev/terminal.ts';
import { type AskServer, createAskServer } from './ask-server.ts';
import type { DeliveryCommand } from './delivery-options.ts';

/** As the server's OpenAPI document describes it. */
interface Delivery {
  readonly key: string;
  readonly incidentId: string;
  readonly kind: string;
  readonly target: string;
  readonly state: string;
  readonly attempts: number;
  readonly requestedAt: string;
  readonly reason?: string;
  readonly discardedBy?: string;
  readonly discardedReason?: string;
  readonly tries?: readonly Try[];
}

interface Try {
  readonly at: string;
  readonly attempt: number;
  readonly outcome: string;
  readonly status?: number;
  readonly reason?: string;
  readonly durationMs: number;
}

type Of<V extends DeliveryCommand['verb']> = Extract<DeliveryCommand, { readonly verb: V }>;

/** Prints what it found or did, and answers the exit code. Throws an Error with the reason when the server refuses. */
export async function runDelivery(command: DeliveryCommand, env: NodeJS.ProcessEnv): Promise<number> {
  const ask = createAskServer(command, env);
  switch (command.verb) {
    case 'list':
      await list(ask, command);
      return 0;
    case 'show': {
      const delivery = (await ask(
        `/v1/deliveries/${encodeURIComponent(command.key)}`,
      )) as unknown as Delivery;
      console.log(command.output === 'json' ? JSON.stringify(delivery, null, 2) : detailOf(delivery));
      return 0;
    }
    case 'redeliver':
      await redeliver(ask, command);
      return 0;
    case 'discard': {
      const { key, by, reason } = command;
      const answer = await ask(`/v1/deliveries/${encodeURIComponent(key)}/discard`, { by, reason });
      console.log(
        command.output === 'json' ? JSON.stringify(answer, null, 2) : `${printable(key)} is discarded`,
      );
      return 0;
    }
  }
}

/** JSON is one object a line, so that a long list can be piped. */
async function list(ask: AskServer, { filter, output }: Of<'list'>): Promise<void> {
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({ ...filter, limit: '200', ...(cursor !== undefined && { cursor }) });
    const { items, next_cursor } = await ask(`/v1/deliveries?${query}`);
    for (const item of items as readonly Delivery[]) {
      console.log(output === 'json' ? JSON.stringify(item) : lineOf(item));
    }
    cursor = typeof next_cursor === 'string' ? next_cursor : undefined;
  } while (cursor !== undefined);
}

/** Keys in pieces that one request takes; a channel's or an incident's letters page by page. */
async function redeliver(ask: AskServer, { keys, filter, by, output }: Of<'redeliver'>): Promise<void> {
  let redelivered = 0;
  const pieces = keys.length === 0 ? [filter] : piecesOf(keys).map((piece) => ({ keys: piece }));
  for (const piece of pieces) {
    let cursor: string | undefined;
    do {
      const answer = await ask('/v1/deliveries/redeliver', {
        by,
        ...piece,
        ...(cursor !== undefined && { cursor }),
      });
      redelivered += Number(answer.redelivered);
      cursor = typeof answer.next_cursor === 'string' ? answer.next_cursor : undefined;
    } while (cursor !== undefined);
  }
  const text = `${redelivered} dead letters are sent again`;
  console.log(output === 'json' ? JSON.stringify({ redelivered }) : text);
}

const keysPerRequest = 200;

function piecesOf(keys: readonly string[]): string[][] {
  const pieces: string[][] = [];
  for (let at = 0; at < keys.length; at += keysPerRequest) pieces.push(keys.slice(at, at + keysPerRequest));
  return pieces;
}

function lineOf({ key, state, kind, target, attempts, requestedAt, reason }: Delivery): string {
  const count = `${attempts} attempt${attempts === 1 ? '' : 's'}`;
  return printable([key, state, kind, target, count, requestedAt, reason ?? ''].join('  ').trimEnd());
}

function detailOf(delivery: Delivery): string {
  const { incidentId, discardedBy, discardedReason, tries = [] } = delivery;
  const lines = [
    lineOf(delivery),
    `  incident ${incidentId}`,
    ...(discardedBy === undefined ? [] : [`  discarded by ${discardedBy}: ${discardedReason}`]),
    ...tries.map(({ at, attempt, outcome, status, reason, durationMs }) => {
      const answer = [outcome, status, `${Math.round(durationMs)} ms`, reason];
      return `  ${at}  attempt ${attempt}: ${answer.filter((part) => part !== undefined).join(', ')}`;
    }),
  ];
  return lines.map(printable).join('\n');
}
