import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { aPolicy } from '../support/incident-events.ts';
import { aChannel, aContact, aUser, dataOf, untilThereAre } from '../support/saga-scenario.ts';
import { openSagaStage, type SagaStage } from '../support/saga-stage.ts';

let stage: SagaStage;
beforeAll(async () => {
  stage = await openSagaStage();
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

/** The workers are away until then. */
async function awayUntil(ms: number): Promise<void> {
  await stage.stopWorkers();
  await eventually(() => (Date.now() >= ms ? true : undefined), 30_000);
  await stage.startWorkers();
}

function channelsPaged() {
  return stage.notifier.sent.filter(({ request }) => request.kind === 'page').map(({ request }) => request);
}

test('timers that passed while no worker ran do not fire as a burst: one page says where things stand', async () => {
  const channels = Array.from({ length: 6 }, () => aChannel());
  const steps = channels.map((target) => ({ targets: [target], waitMs: 2_500 }));
  const scene = stage.scene(aPolicy({ steps, repeat: 0 }));
  const incidentId = await scene.fire({ name: 'disk' });
  const [started] = dataOf(
    await untilThereAre('NotificationDelivered', { scene, incidentId }),
    'StepStarted',
  );
  const startedMs = Date.parse(started?.at ?? '');
  // the second step is then 6.5 s late, and the third, fourth and perhaps the fifth are due as well
  await awayUntil(startedMs + 9_000);
  const events = await untilThereAre('NotificationDelivered', { scene, incidentId, count: 2 });
  const skipped = dataOf(events, 'StepSkipped');
  expect(skipped.length).toBeGreaterThanOrEqual(2);
  expect(new Set(skipped.map(({ reason }) => reason))).toEqual(new Set(['superseded']));
  const [, due] = dataOf(events, 'StepStarted');
  expect(due?.step).toBe((skipped.at(-1)?.step ?? 0) + 1);
  const paged = channelsPaged().filter(({ incident }) => incident.id === incidentId);
  expect(paged.slice(0, 2).map(({ step }) => step)).toEqual([0, due?.step]);
  expect(paged[1]?.notes?.join()).toMatch(/skipped while paging was down/);
  await untilThereAre('EscalationExhausted', { scene, incidentId });
  const steps_ = channelsPaged().flatMap(({ incident, step }) => (incident.id === incidentId ? [step] : []));
  expect(steps_.filter((step) => skipped.some((it) => it.step === step))).toEqual([]);
}, 90_000);

test('of contacts that were missed while no worker ran only the last is paged', async () => {
  const contacts = ['push', 'phone', 'mail'].map((contact) => aContact('jo', contact));
  stage.people.addUser(
    'jo',
    contacts.map((target, index) => ({ target, afterMs: index * 400 })),
  );
  const steps = [{ targets: [aUser('jo')], waitMs: 60_000 }];
  const scene = stage.scene(aPolicy({ name: 'jo', steps, repeat: 0 }));
  const incidentId = await scene.fire({ name: 'disk' });
  await untilThereAre('NotificationDelivered', { scene, incidentId });
  await awayUntil(Date.now() + 6_500);
  await untilThereAre('NotificationDelivered', { scene, incidentId, count: 2 });
  const pages = contacts.map(({ channel }) => stage.notifier.pagesTo(channel).length);
  expect(pages.at(-1)).toBe(1);
  expect(pages.at(0)).toBe(1);
}, 60_000);
