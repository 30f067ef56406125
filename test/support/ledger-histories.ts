import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { eventually } from './eventually.ts';
import type { LoggedEvent } from './recorded-log.ts';
import type { Stack } from './stack.ts';

export interface ReplayedHistories {
  /** As text, with payloads decoded, to search for secrets in. */
  readonly histories: readonly string[];
  readonly faults: readonly string[];
}

const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
let hasRuntime = false;

/** I10: replays every history of the stack's sagas and projections on the current code. */
export async function unreplayable(stack: Stack, log: readonly LoggedEvent[]): Promise<ReplayedHistories> {
  const opened = log.filter(({ event }) => event.type === 'IncidentOpened').length;
  const connection = await Connection.connect({ address: stack.temporalAddress });
  try {
    const client = new Client({ connection });
    const found = await eventually(async () => {
      const all = await fetchHistories(client, stack.queuePrefix);
      return all.length >= opened ? all : undefined;
    }, 10_000);
    const faults: string[] = [];
    if (!hasRuntime) Runtime.install({ logger: new DefaultLogger('ERROR') });
    hasRuntime = true;
    const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
    for await (const { workflowId, error } of Worker.runReplayHistories(
      { workflowBundle },
      found.map(revive),
    )) {
      if (error === undefined) continue;
      const about = found.filter((one) => one.workflowId === workflowId).map(outlineOf);
      faults.push(`I10: ${workflowId}: ${error.message}\n${about.join('\n')}`);
    }
    return { histories: found.map(({ json }) => decodePayloads(json)), faults };
  } finally {
    await connection.close();
  }
}

interface FetchedHistory {
  readonly workflowId: string;
  readonly json: string;
}

async function fetchHistories(client: Client, queuePrefix: string): Promise<FetchedHistory[]> {
  const query = ['sagas', 'projections'].map((queue) => `TaskQueue = '${queuePrefix}-${queue}'`).join(' OR ');
  const found: FetchedHistory[] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    found.push({ workflowId, json: historyToJSON(history) });
  }
  return found;
}

/** By way of JSON, as a committed history would. */
function revive({ workflowId, json }: FetchedHistory) {
  return { workflowId, history: historyFromJSON(JSON.parse(json)) };
}

/** What happened in it, for whoever has to find out why it does not replay. */
function outlineOf({ json }: FetchedHistory): string {
  const { events } = JSON.parse(json) as { events: readonly { eventId: string; eventType: string }[] };
  return events.map(({ eventId, eventType }) => `${eventId} ${eventType}`).join(', ');
}

function decodePayloads(json: string): string {
  return json.replaceAll(/"data": ?"([A-Za-z0-9+/=]+)"/g, (_, data: string) =>
    Buffer.from(data, 'base64').toString('utf8'),
  );
}
