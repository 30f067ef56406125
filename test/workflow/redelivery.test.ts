import { afterAll, beforeAll, expect, test } from 'vitest';
import { aPolicy } from '../support/incident-events.ts';
import { aChannel, commandOn, dataOf, untilThereAre } from '../support/saga-scenario.ts';
import { openSagaStage, type SagaStage } from '../support/saga-stage.ts';

let stage: SagaStage;
beforeAll(async () => {
  stage = await openSagaStage();
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

const refused = { outcome: 'rejected', reason: 'answered 400' } as const;

test('a dead letter of an open incident is sent again under its key', async () => {
  const [chat, next] = [aChannel(), aChannel()];
  stage.notifier.answer(chat.channel, refused);
  const steps = [chat, next].map((target) => ({ targets: [target], waitMs: 60_000 }));
  const scene = stage.scene(aPolicy({ steps, repeat: 0 }));
  const incidentId = await scene.fire({ name: 'disk' });
  const before = await untilThereAre('NotificationDelivered', { scene, incidentId });
  const [dead] = dataOf(before, 'NotificationDeadLettered');
  const key = dead?.key ?? '';
  await stage.escalations.redeliver(scene.subject, { incidentId, keys: [key], by: 'amy' });
  const events = await untilThereAre('NotificationDelivered', { scene, incidentId, count: 2 });
  expect(dataOf(events, 'NotificationRedelivered')).toMatchObject([{ key, by: 'amy' }]);
  expect(dataOf(events, 'NotificationDelivered').at(-1)).toMatchObject({ key });
  expect(stage.notifier.pagesTo(chat.channel).map(({ request }) => request.key)).toEqual([key, key]);
});

test('a dead letter of an incident that is over is sent again under its key, although no workflow runs any more', async () => {
  const chat = aChannel({ updates: true });
  const scene = stage.scene(aPolicy({ steps: [{ targets: [chat], waitMs: 60_000 }], repeat: 0 }));
  const incidentId = await scene.fire({ name: 'disk' });
  await untilThereAre('NotificationDelivered', { scene, incidentId });
  stage.notifier.answer(chat.channel, refused);
  await stage.commands.resolve(commandOn(scene, incidentId));
  const handle = stage.client.workflow.getHandle(scene.workflowId);
  await handle.result();
  const [dead] = dataOf(await scene.events(incidentId), 'NotificationDeadLettered');
  const key = dead?.key ?? '';
  await stage.escalations.redeliver(scene.subject, { incidentId, keys: [key], by: 'tocsin' });
  const events = await untilThereAre('NotificationDelivered', { scene, incidentId, count: 2 });
  expect(dataOf(events, 'NotificationDelivered').at(-1)).toMatchObject({ key });
  await handle.result();
  const edits = stage.notifier.sent.filter(
    ({ request }) => request.channel === chat.channel && request.kind === 'resolved',
  );
  expect(edits.map(({ request }) => request.key)).toEqual([key, key]);
});

test('a dead letter of an earlier incident is sent again beside the open one', async () => {
  const chat = aChannel({ updates: true });
  const scene = stage.scene(aPolicy({ steps: [{ targets: [chat], waitMs: 60_000 }], repeat: 0 }));
  const first = await scene.fire({ name: 'disk' });
  await untilThereAre('NotificationDelivered', { scene, incidentId: first });
  stage.notifier.answer(chat.channel, refused);
  await scene.clear({ name: 'disk' });
  const before = await untilThereAre('NotificationDeadLettered', { scene, incidentId: first });
  const second = await scene.fire({ name: 'disk' });
  await untilThereAre('NotificationDelivered', { scene, incidentId: second });
  const key = dataOf(before, 'NotificationDeadLettered')[0]?.key ?? '';
  await stage.escalations.redeliver(scene.subject, { incidentId: first, keys: [key], by: 'amy' });
  const events = await untilThereAre('NotificationDelivered', { scene, incidentId: first, count: 2 });
  expect(dataOf(events, 'NotificationDelivered').at(-1)).toMatchObject({ key });
  expect(await stage.escalations.runningIncident(scene.subject)).toBe(second);
  expect(await stage.commands.acknowledge(commandOn(scene, second))).toMatchObject({ state: 'acknowledged' });
});

test('keys that are no dead letters, and incidents that never were, change nothing', async () => {
  const chat = aChannel();
  const scene = stage.scene(aPolicy({ steps: [{ targets: [chat], waitMs: 60_000 }], repeat: 0 }));
  const incidentId = await scene.fire({ name: 'disk' });
  const [page] = dataOf(
    await untilThereAre('NotificationDelivered', { scene, incidentId }),
    'NotificationDelivered',
  );
  const keys = [page?.key ?? '', 'nobody'];
  await stage.escalations.redeliver(scene.subject, { incidentId, keys, by: 'amy' });
  const nowhere = '00000000-0000-5000-8000-000000000000';
  await stage.escalations.redeliver(scene.subject, { incidentId: nowhere, keys, by: 'amy' });
  await stage.commands.resolve(commandOn(scene, incidentId));
  await stage.client.workflow.getHandle(scene.workflowId).result();
  expect(dataOf(await scene.events(incidentId), 'NotificationRedelivered')).toEqual([]);
  expect(stage.notifier.pagesTo(chat.channel)).toHaveLength(1);
});
