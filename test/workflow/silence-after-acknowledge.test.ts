import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PolicySnapshot } from '../../domain/policy/policy.ts';
import { eventually } from '../support/eventually.ts';
import { aPolicy } from '../support/incident-events.ts';
import { aChannel, aContact, aUser, commandOn, dataOf, untilThereAre } from '../support/saga-scenario.ts';
import { openSagaStage, type SagaStage, type Scene } from '../support/saga-stage.ts';

let stage: SagaStage;
beforeAll(async () => {
  stage = await openSagaStage();
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

const stepMs = 600;
const raceMs = 2_000;

/** Two steps, each with a channel and with a user of three contacts, which begin 0, 200 and 400 ms after the step. */
function aLadder(name: string): { policy: PolicySnapshot; channels: Set<string> } {
  const channels = [aChannel(), aChannel()];
  const users = [`amy-${name}`, `bo-${name}`];
  const contacts = users.map((user) => ['push', 'phone', 'mail'].map((contact) => aContact(user, contact)));
  users.forEach((user, index) => {
    const chain = contacts[index] ?? [];
    stage.people.addUser(
      user,
      chain.map((target, at) => ({ target, afterMs: at * 200 })),
    );
  });
  const steps = users.flatMap((user, index) => {
    const channel = channels[index];
    return channel === undefined ? [] : [{ targets: [channel, aUser(user)], waitMs: stepMs }];
  });
  const all = [...channels, ...contacts.flat()].map(({ channel }) => channel);
  return { policy: aPolicy({ name, steps, repeat: 0 }), channels: new Set(all) };
}

function pagesOf(channels: ReadonlySet<string>) {
  return stage.notifier.sent.filter(
    ({ request, attempt }) => request.kind === 'page' && attempt === 1 && channels.has(request.channel),
  );
}

interface Acknowledged {
  readonly scene: Scene;
  readonly incidentId: string;
  readonly channels: ReadonlySet<string>;
  /** When the answer to the command had come. */
  readonly answeredMs: number;
}

async function acknowledgedAfter(ms: number): Promise<Acknowledged> {
  const { policy, channels } = aLadder(`moment-${ms}`);
  const scene = stage.scene(policy);
  const incidentId = await scene.fire({ name: 'disk' });
  // the moment is the test's input, nothing is waited for
  await new Promise((resolve) => setTimeout(resolve, ms));
  const answer = await stage.commands.acknowledge(commandOn(scene, incidentId));
  expect(answer.state).toBe('acknowledged');
  return { scene, incidentId, channels, answeredMs: Date.now() };
}

test('acknowledged at any moment of two steps with chains: no page is sent for the first time afterwards', async () => {
  const momentsMs = Array.from({ length: 24 }, (_, index) => index * 55);
  const acknowledged = await Promise.all(momentsMs.map(acknowledgedAfter));
  // one that nobody answers goes through all of its steps: what the others would have sent was due by then
  const witness = aLadder('witness');
  const scene = stage.scene(witness.policy);
  const incidentId = await scene.fire({ name: 'disk' });
  await untilThereAre('EscalationExhausted', { scene, incidentId });
  await eventually(() => (pagesOf(witness.channels).length === 8 ? true : undefined), 10_000);

  for (const incident of acknowledged) {
    const events = await incident.scene.events(incident.incidentId);
    const at = events.findIndex(({ type }) => type === 'IncidentAcknowledged');
    const before = new Set(dataOf(events.slice(0, at), 'NotificationRequested').map(({ key }) => key));
    const after = dataOf(events.slice(at), 'NotificationRequested').filter(({ kind }) => kind === 'page');
    expect(after).toEqual([]);
    const late = pagesOf(incident.channels).filter(({ atMs }) => atMs > incident.answeredMs);
    // only what was on its way already may still arrive, once, and within two seconds
    expect(late.filter(({ request }) => !before.has(request.key))).toEqual([]);
    expect(late.filter(({ atMs }) => atMs > incident.answeredMs + raceMs)).toEqual([]);
  }
}, 60_000);

test('acknowledged while a contact is being paged: the send is awaited, the next contacts are left alone', async () => {
  const [phone, mail] = [aContact('cy', 'phone'), aContact('cy', 'mail')];
  stage.people.addUser('cy', [
    { target: phone, afterMs: 0 },
    { target: mail, afterMs: 300 },
  ]);
  const held = Promise.withResolvers<{ outcome: 'delivered'; providerId: string }>();
  stage.notifier.answer(phone.channel, held.promise);
  const last = aChannel();
  const steps = [
    { targets: [aUser('cy')], waitMs: 500 },
    { targets: [last], waitMs: 500 },
  ];
  const scene = stage.scene(aPolicy({ name: 'during', steps, repeat: 0 }));
  const incidentId = await scene.fire({ name: 'disk' });
  await eventually(() => (stage.notifier.pagesTo(phone.channel).length === 1 ? true : undefined));
  await stage.commands.acknowledge(commandOn(scene, incidentId));
  held.resolve({ outcome: 'delivered', providerId: 'call-1' });
  const events = await untilThereAre('NotificationDelivered', { scene, incidentId });
  expect(dataOf(events, 'NotificationDelivered')).toMatchObject([{ providerId: 'call-1' }]);
  await stage.commands.resolve(commandOn(scene, incidentId));
  await stage.client.workflow.getHandle(scene.workflowId).result();
  expect(stage.notifier.pagesTo(mail.channel)).toEqual([]);
  expect(stage.notifier.pagesTo(last.channel)).toEqual([]);
});

test('of two acknowledgements at once one counts, and both are told so', async () => {
  const scene = stage.scene(aPolicy({ steps: [{ targets: [aChannel()], waitMs: 60_000 }], repeat: 0 }));
  const incidentId = await scene.fire({ name: 'disk' });
  await untilThereAre('NotificationDelivered', { scene, incidentId });
  const answers = await Promise.all(
    ['amy', 'bo', 'cy'].map((by) => stage.commands.acknowledge(commandOn(scene, incidentId, by))),
  );
  expect(new Set(answers.map(({ state }) => state))).toEqual(new Set(['acknowledged']));
  const events = await scene.events(incidentId);
  expect(dataOf(events, 'IncidentAcknowledged')).toHaveLength(1);
});

test('resolved during a send: it is awaited, its message corrected, and nobody else is paged', async () => {
  const [chat, next] = [aChannel({ updates: true }), aChannel()];
  const held = Promise.withResolvers<{ outcome: 'delivered'; providerId: string }>();
  stage.notifier.answer(chat.channel, held.promise);
  const steps = [chat, next].map((target) => ({ targets: [target], waitMs: 400 }));
  const scene = stage.scene(aPolicy({ steps, repeat: 0 }));
  const incidentId = await scene.fire({ name: 'disk' });
  await eventually(() => (stage.notifier.pagesTo(chat.channel).length === 1 ? true : undefined));
  const answer = await stage.commands.resolve(commandOn(scene, incidentId));
  expect(answer.state).toBe('resolved');
  held.resolve({ outcome: 'delivered', providerId: 'message-1' });
  await stage.client.workflow.getHandle(scene.workflowId).result();
  const kinds = stage.notifier.sent.filter(({ request }) => request.channel === chat.channel);
  expect(kinds.map(({ request }) => [request.kind, request.providerId])).toEqual([
    ['page', undefined],
    ['resolved', 'message-1'],
  ]);
  expect(stage.notifier.pagesTo(next.channel)).toEqual([]);
});
