import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Target } from '../../domain/policy/policy.ts';
import { eventually } from '../support/eventually.ts';
import { aPolicy } from '../support/incident-events.ts';
import { aChannel, commandOn, dataOf, untilThereAre } from '../support/saga-scenario.ts';
import { openSagaStage, type SagaStage, type Scene } from '../support/saga-stage.ts';

let stage: SagaStage;
beforeAll(async () => {
  stage = await openSagaStage();
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

const refused = { outcome: 'rejected', reason: 'answered 400' } as const;

function undoable(): Target {
  return aChannel({ undoable: true });
}

/** A step that pages all of these or none, then one that pages the last. */
function allOrNothing(targets: readonly Target[], next: Target): Scene {
  const steps = [
    { targets, waitMs: 60_000, mode: 'all_or_nothing' as const },
    { targets: [next], waitMs: 60_000 },
  ];
  return stage.scene(aPolicy({ repeat: 0, steps }));
}

function sentTo(channels: readonly Target[], kind: 'page' | 'undo') {
  const names = channels.map(({ channel }) => channel);
  return stage.notifier.sent
    .filter(({ request }) => request.kind === kind && names.includes(request.channel))
    .map(({ request }) => request.channel);
}

test('what was delivered is taken back in reverse order, and the next step begins at once', async () => {
  const [one, two, three, next] = [undoable(), undoable(), undoable(), aChannel()];
  // the last answers first, so that the order in which pages end is not the order in which they began
  const held = Promise.withResolvers<{ outcome: 'delivered'; providerId: string }>();
  stage.notifier.answer(one.channel, held.promise);
  stage.notifier.always(three.channel, refused);
  const scene = allOrNothing([one, two, three], next);
  const incidentId = await scene.fire({ name: 'disk' });
  await untilThereAre('NotificationDelivered', { scene, incidentId });
  await untilThereAre('NotificationDeadLettered', { scene, incidentId });
  held.resolve({ outcome: 'delivered', providerId: 'page-of-one' });
  const events = await untilThereAre('NotificationUndone', { scene, incidentId, count: 2 });
  expect(sentTo([one, two, three], 'undo')).toEqual([two.channel, one.channel]);
  const pages = dataOf(events, 'NotificationRequested').filter(({ kind }) => kind === 'page');
  const keyTo = (target: Target) => pages.find((page) => page.target.name === target.name)?.key;
  expect(dataOf(events, 'NotificationUndone').map(({ of }) => of)).toEqual([keyTo(two), keyTo(one)]);
  await eventually(() => (sentTo([next], 'page').length === 1 ? true : undefined));
  const undo = stage.notifier.sent.find(
    ({ request }) => request.kind === 'undo' && request.channel === one.channel,
  );
  expect(undo?.request.providerId).toBe('page-of-one');
  expect(undo?.request.of).toBe(keyTo(one));
});

test('what may have arrived is taken back as well', async () => {
  const [one, two, next] = [undoable(), undoable(), aChannel()];
  stage.notifier.always(one.channel, { outcome: 'unknown', reason: 'timed out after it was sent' });
  const scene = allOrNothing([one, two], next);
  const incidentId = await scene.fire({ name: 'disk' });
  await untilThereAre('NotificationRequested', { scene, incidentId, count: 4 });
  await eventually(() => (sentTo([one, two], 'undo').length >= 2 ? true : undefined), 30_000);
  expect(new Set(sentTo([one, two], 'undo'))).toEqual(new Set([one.channel, two.channel]));
});

test('taking back goes on although somebody acknowledges meanwhile, and is tried again until it succeeds', async () => {
  const [one, two, next] = [undoable(), undoable(), aChannel()];
  stage.notifier.always(two.channel, refused);
  const held = Promise.withResolvers<{ outcome: 'retry'; reason: string }>();
  const delivered = { outcome: 'delivered', providerId: 'page-of-one' } as const;
  const busy = { outcome: 'retry', reason: 'answered 503' } as const;
  stage.notifier.answer(one.channel, delivered, held.promise, busy, busy, busy, busy);
  const scene = allOrNothing([one, two], next);
  const incidentId = await scene.fire({ name: 'disk' });
  await eventually(() => (sentTo([one], 'undo').length === 1 ? true : undefined));
  await stage.commands.acknowledge(commandOn(scene, incidentId));
  await stage.commands.resolve(commandOn(scene, incidentId));
  held.resolve({ outcome: 'retry', reason: 'answered 503' });
  const events = await untilThereAre('NotificationUndone', { scene, incidentId });
  expect(dataOf(events, 'NotificationUndone')).toHaveLength(1);
  // more attempts than a page gets
  expect(sentTo([one], 'undo')).toHaveLength(6);
  await stage.client.workflow.getHandle(scene.workflowId).result();
});

test('an undo that the provider refuses is a dead letter, and the ones before it are taken back all the same', async () => {
  const [one, two, three, next] = [undoable(), undoable(), undoable(), aChannel()];
  const delivered = { outcome: 'delivered', providerId: 'page' } as const;
  stage.notifier.answer(two.channel, delivered, refused);
  stage.notifier.always(three.channel, refused);
  const scene = allOrNothing([one, two, three], next);
  const incidentId = await scene.fire({ name: 'disk' });
  const events = await untilThereAre('NotificationUndone', { scene, incidentId });
  expect(sentTo([one, two], 'undo')).toEqual([two.channel, one.channel]);
  const undo = dataOf(events, 'NotificationRequested').find(
    ({ kind, target }) => kind === 'undo' && target.name === two.name,
  );
  expect(dataOf(events, 'NotificationDeadLettered').map(({ key }) => key)).toContain(undo?.key);
});

test('a workflow that somebody cancels still takes back what it has begun to take back', async () => {
  const [one, two, next] = [undoable(), undoable(), aChannel()];
  stage.notifier.always(two.channel, refused);
  const held = Promise.withResolvers<{ outcome: 'delivered'; providerId: string }>();
  stage.notifier.answer(one.channel, { outcome: 'delivered', providerId: 'page' }, held.promise);
  const scene = allOrNothing([one, two], next);
  const incidentId = await scene.fire({ name: 'disk' });
  await eventually(() => (sentTo([one], 'undo').length === 1 ? true : undefined));
  const handle = stage.client.workflow.getHandle(scene.workflowId);
  await handle.cancel();
  held.resolve({ outcome: 'delivered', providerId: 'taken back' });
  await expect(handle.result()).rejects.toThrow(/cancelled/i);
  const events = await scene.events(incidentId);
  expect(dataOf(events, 'NotificationUndone')).toHaveLength(1);
});
