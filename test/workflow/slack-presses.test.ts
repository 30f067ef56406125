import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSlackPress } from '../../api/slack/read-slack-press.ts';
import { createSlackPresses, type SlackPresses } from '../../api/slack/slack-presses.ts';
import { createQueries } from '../../views/queries.ts';
import { createViewCaches } from '../../views/view-caches.ts';
import { eventually } from '../support/eventually.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { openSagaStage, type SagaStage } from '../support/saga-stage.ts';
import { aSlackInteraction, type PressOverrides } from '../support/slack-press.ts';

const policy = {
  name: 'pressed',
  configVersion: 1,
  repeat: 0,
  steps: [1, 2, 3].map((step) => ({
    targets: [
      {
        kind: 'channel' as const,
        name: `channel:step-${step}`,
        channel: `step-${step}`,
        provider: 'webhook',
        updates: false,
      },
    ],
    waitMs: 600_000,
  })),
};
const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

let stage: SagaStage;

beforeAll(async () => {
  stage = await openSagaStage();
});
afterAll(() => stage[Symbol.asyncDispose]());

/** What one server process has: another one knows nothing of its memory. */
function openServer() {
  const told: string[] = [];
  const caches = createViewCaches({ metrics: stage.metrics, redis: undefined });
  const presses = createSlackPresses({
    commands: stage.commands,
    queries: createQueries({ database: stage.database, log: stage.log, caches }),
    replies: { reply: async (_url, text) => void told.push(text) },
    logger: quietLogger(),
    metrics: stage.metrics,
    now: Date.now,
  });
  return { presses, told };
}

function press(presses: SlackPresses, overrides: PressOverrides): void {
  const payload = JSON.stringify(aSlackInteraction(overrides));
  const read = readSlackPress(Buffer.from(new URLSearchParams({ payload }).toString()));
  if (read === undefined) throw new Error('the press was not read');
  presses.take(read, trace);
}

async function openIncident() {
  const scene = stage.scene(policy);
  const incidentId = await scene.fire({ name: 'DiskFull' });
  const isPaged = async () => {
    const events = await scene.events(incidentId);
    return events.some(({ type }) => type === 'NotificationDelivered') || undefined;
  };
  await eventually(isPaged);
  const countOf = async (type: string) =>
    (await scene.events(incidentId)).filter((event) => event.type === type).length;
  return { incidentId, countOf };
}

test('a press that two servers hear of is one command', async () => {
  const { incidentId, countOf } = await openIncident();
  const servers = [openServer(), openServer()];
  for (const { presses } of servers) press(presses, { incidentId, actionId: 'tocsin_escalate' });
  await Promise.all(servers.map(({ presses }) => presses.close()));
  expect(await countOf('IncidentEscalated')).toBe(1);
  const [first] = servers;
  if (first === undefined) return;
  press(first.presses, { incidentId, actionId: 'tocsin_escalate', actionTs: '1767603699.000001' });
  await first.presses.close();
  expect(await countOf('IncidentEscalated')).toBe(2);
  expect(servers.flatMap(({ told }) => told)).toEqual([]);
});

test('of two who acknowledge at once one is told who was first', async () => {
  const { incidentId, countOf } = await openIncident();
  const amy = openServer();
  const bo = openServer();
  press(amy.presses, { incidentId, userId: 'U1', username: 'amy' });
  press(bo.presses, { incidentId, userId: 'U2', username: 'bo' });
  await Promise.all([amy.presses.close(), bo.presses.close()]);
  expect(await countOf('IncidentAcknowledged')).toBe(1);
  const told = [...amy.told, ...bo.told];
  expect(told).toHaveLength(1);
  expect(amy.told.length === 1 ? 'already acknowledged by bo' : 'already acknowledged by amy').toBe(told[0]);
});

test('a press on an incident that is over says so', async () => {
  const { incidentId } = await openIncident();
  const { presses, told } = openServer();
  press(presses, { incidentId, actionId: 'tocsin_resolve' });
  await presses.close();
  press(presses, { incidentId, actionId: 'tocsin_acknowledge' });
  await presses.close();
  expect(told).toEqual(['this incident is over']);
});
