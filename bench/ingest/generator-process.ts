import { Agent, request } from 'node:http';
import { runOpenLoop } from '../open-loop.ts';
import { wallClockMs } from '../wall-clock.ts';
import { type BodyTemplate, createBodyTemplate } from './body-template.ts';
import type { GeneratorMessage, LoadOrder, LoadResult } from './messages.ts';

// The load generator, a process of its own: what it needs of the two cores is told apart, and what it measures does not
// wait for anything else.

const timeoutMs = 30_000;
const accepted = '202';
const agent = new Agent({ keepAlive: true, maxSockets: 512 });
const tell = (message: GeneratorMessage) => process.send?.(message);

process.on('message', (order: LoadOrder) => {
  void run(order).then((result) => tell({ kind: 'done', result }));
});
process.once('disconnect', () => process.exit(0));
tell({ kind: 'ready' });

async function run(order: LoadOrder): Promise<LoadResult> {
  const template = createBodyTemplate(order.alertsPerBody);
  const latenciesMs: number[] = [];
  const acknowledged: number[] = [];
  const refusals = new Map<string, number>();
  let lateMs = 0;
  const { settled } = await runOpenLoop({
    ratePerSecond: order.alertsPerSecond / order.alertsPerBody,
    total: Math.round((order.alertsPerSecond * order.seconds) / order.alertsPerBody),
    send: async (index, dueMs) => {
      lateMs = Math.max(lateMs, wallClockMs() - dueMs);
      const body = order.firstBody + index;
      const outcome = await post(order, template, body);
      latenciesMs.push(wallClockMs() - dueMs);
      if (outcome === accepted) acknowledged.push(body);
      else refusals.set(outcome, (refusals.get(outcome) ?? 0) + 1);
    },
  });
  await settled;
  return { latenciesMs, acknowledged, refusals: [...refusals], lateMs };
}

/** The status, or why there was none. */
function post(
  { port, path, alertsPerBody }: LoadOrder,
  template: BodyTemplate,
  index: number,
): Promise<string> {
  const body = template.body(index, new Date().toISOString());
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  return new Promise((resolve) => {
    const outgoing = request(
      { agent, host: '127.0.0.1', port, path, method: 'POST', headers, timeout: timeoutMs },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.once('end', () => resolve(outcomeOf(response.statusCode ?? 0, text, alertsPerBody)));
        response.once('error', () => resolve('answer cut'));
      },
    );
    outgoing.once('timeout', () => outgoing.destroy(new Error('timeout')));
    outgoing.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    outgoing.end(body);
  });
}

function outcomeOf(status: number, text: string, alertsPerBody: number): string {
  if (status !== 202) return String(status);
  const answer = JSON.parse(text) as { accepted: number };
  return answer.accepted === alertsPerBody ? accepted : 'accepted in part';
}
