import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../domain/limits.ts';
import { eventually } from '../support/eventually.ts';
import { aPolicy } from '../support/incident-events.ts';
import { aChannel, commandOn, dataOf, historiesOf, untilThereAre } from '../support/saga-scenario.ts';
import { openSagaStage, type SagaStage } from '../support/saga-stage.ts';

let stage: SagaStage;
beforeAll(async () => {
  stage = await openSagaStage();
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

const rounds = 110;

test('a policy of very many rounds goes on from run to run, each with a bounded history, and no page twice', async () => {
  const channels = Array.from({ length: 4 }, () => aChannel());
  const steps = [{ targets: channels, waitMs: 200 }];
  const scene = stage.scene(aPolicy({ steps, repeat: rounds - 1 }));
  const incidentId = await scene.fire({ name: 'disk' });
  await eventually(
    async () => (dataOf(await scene.events(incidentId), 'EscalationExhausted').length > 0 ? true : undefined),
    150_000,
    500,
  );
  const runs = await historiesOf(stage, scene);
  expect(runs.length).toBeGreaterThan(1);
  for (const events of runs) expect(events).toBeLessThan(limits.maxHistoryEvents * 1.5 + 400);
  const started = dataOf(await scene.events(incidentId), 'StepStarted');
  expect(started.map(({ round }) => round)).toEqual(Array.from({ length: rounds }, (_, index) => index));
  const keys = channels
    .flatMap(({ channel }) => stage.notifier.pagesTo(channel))
    .map(({ request }) => request.key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys).toHaveLength(rounds * channels.length);
}, 180_000);

test('a step of thirty days is one timer, and an acknowledgement still ends it', async () => {
  const month = limits.maxWaitMs;
  const steps = [aChannel(), aChannel()].map((target) => ({ targets: [target], waitMs: month }));
  const scene = stage.scene(aPolicy({ steps, repeat: limits.maxRepeats }));
  const incidentId = await scene.fire({ name: 'disk' });
  await untilThereAre('NotificationDelivered', { scene, incidentId });
  const { raw } = await stage.client.workflow.getHandle(scene.workflowId).describe();
  expect(Number(raw.workflowExecutionInfo?.historyLength ?? 0)).toBeLessThan(40);
  expect(await stage.commands.acknowledge(commandOn(scene, incidentId))).toMatchObject({
    state: 'acknowledged',
  });
});
