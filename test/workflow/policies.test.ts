import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PolicySnapshot } from '../../domain/policy/policy.ts';
import { eventually } from '../support/eventually.ts';
import { aPolicy } from '../support/incident-events.ts';
import { aChannel, aContact, aUser, commandOn, dataOf, untilThereAre } from '../support/saga-scenario.ts';
import { openSagaStage, type SagaStage } from '../support/saga-stage.ts';

let stage: SagaStage;
beforeAll(async () => {
  stage = await openSagaStage();
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

/** One step for each list of targets, of so many milliseconds. */
function aPolicyOf(name: string, waitMs: number, ...steps: PolicySnapshot['steps'][number]['targets'][]) {
  return aPolicy({ name, repeat: 0, steps: steps.map((targets) => ({ targets, waitMs })) });
}

function firstsTo(channel: string) {
  return stage.notifier.pagesTo(channel).filter(({ attempt }) => attempt === 1);
}

test("a user's contacts are paged one after the other, each at its time, and never early", async () => {
  const [phone, mail] = [aContact('dee', 'phone'), aContact('dee', 'mail')];
  stage.people.addUser('dee', [
    { target: phone, afterMs: 0 },
    { target: mail, afterMs: 400 },
  ]);
  const scene = stage.scene(aPolicyOf('chain', 60_000, [aUser('dee')]));
  const incidentId = await scene.fire({ name: 'disk' });
  const events = await untilThereAre('NotificationDelivered', { scene, incidentId, count: 2 });
  const [started] = dataOf(events, 'StepStarted');
  expect(started?.people).toMatchObject([{ user: 'dee' }]);
  expect(firstsTo(phone.channel)).toHaveLength(1);
  const [late] = firstsTo(mail.channel);
  expect((late?.atMs ?? 0) - Date.parse(started?.at ?? '')).toBeGreaterThanOrEqual(400);
});

test('the Web UI reads who is paged next, and what comes by itself', async () => {
  const contacts = ['phone', 'mail'].map((contact) => aContact('kim', contact));
  stage.people.addUser(
    'kim',
    contacts.map((target, index) => ({ target, afterMs: index * 60_000 })),
  );
  const policy = { ...aPolicyOf('shown', 600_000, [aUser('kim')]), autoResolveMs: 3_600_000 };
  const scene = stage.scene(policy);
  const incidentId = await scene.fire({ name: 'disk' });
  await untilThereAre('NotificationDelivered', { scene, incidentId });
  const shown = await eventually(async () => {
    const handle = stage.client.workflow.getHandle(scene.workflowId);
    const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    return currentDetails.includes('1 delivered') ? currentDetails : undefined;
  });
  expect(shown).toMatch(/kim: 1 of 2 contacts paged, then user:kim\/mail/);
  const next = shown.split('\n\n').filter((line) => line.startsWith('next: '));
  expect(next.map((line) => line.slice(6).split(', 2')[0])).toEqual([
    'the next contact of somebody who is paged',
    'the last round ends',
    'it resolves, if nothing more is heard',
  ]);
});

test('a contact that cannot be reached hands over to the next one at once', async () => {
  const [phone, mail] = [aContact('eve', 'phone'), aContact('eve', 'mail')];
  stage.people.addUser('eve', [
    { target: phone, afterMs: 0 },
    { target: mail, afterMs: 60_000 },
  ]);
  stage.notifier.always(phone.channel, { outcome: 'rejected', reason: 'no such number' });
  const scene = stage.scene(aPolicyOf('hurried', 600_000, [aUser('eve')]));
  const incidentId = await scene.fire({ name: 'disk' });
  await untilThereAre('NotificationDelivered', { scene, incidentId });
  expect(firstsTo(mail.channel)).toHaveLength(1);
});

test('a snooze ends every chain, and at its end they begin anew under new keys', async () => {
  const [phone, mail] = [aContact('fay', 'phone'), aContact('fay', 'mail')];
  stage.people.addUser('fay', [
    { target: phone, afterMs: 0 },
    { target: mail, afterMs: 500 },
  ]);
  const scene = stage.scene(aPolicyOf('snoozed', 60_000, [aUser('fay')]));
  const incidentId = await scene.fire({ name: 'disk' });
  await untilThereAre('NotificationDelivered', { scene, incidentId });
  const until = new Date(Date.now() + 1_200).toISOString();
  await stage.commands.snooze({ ...commandOn(scene, incidentId), until });
  await untilThereAre('NotificationDelivered', { scene, incidentId, count: 3 });
  expect(firstsTo(phone.channel)).toHaveLength(2);
  const [mailed] = firstsTo(mail.channel);
  expect(mailed?.atMs).toBeGreaterThanOrEqual(Date.parse(until));
  const keys = stage.notifier.pagesTo(phone.channel).map(({ request }) => request.key);
  expect(new Set(keys).size).toBe(2);
});

test('reassigned to a user, and escalated to the next step at once', async () => {
  const [first, second] = [aChannel(), aChannel()];
  const phone = aContact('gil', 'phone');
  stage.people.addUser('gil', [{ target: phone, afterMs: 0 }]);
  const scene = stage.scene(aPolicyOf('commands', 60_000, [first], [second]));
  const incidentId = await scene.fire({ name: 'disk' });
  await untilThereAre('NotificationDelivered', { scene, incidentId });
  await stage.commands.reassign({ ...commandOn(scene, incidentId), targets: [aUser('gil')] });
  await untilThereAre('NotificationDelivered', { scene, incidentId, count: 2 });
  await stage.commands.escalate(commandOn(scene, incidentId));
  const events = await untilThereAre('NotificationDelivered', { scene, incidentId, count: 3 });
  expect(dataOf(events, 'StepStarted').map(({ reason, round, step }) => [reason, round, step])).toEqual([
    ['opened', 0, 0],
    ['reassigned', 1, 0],
    ['escalated', 1, 1],
  ]);
  expect([phone, second].map(({ channel }) => firstsTo(channel).length)).toEqual([1, 1]);
});

test('a policy that is edited and a user who is removed meanwhile: the incident keeps its steps, and says who is gone', async () => {
  const [chat, phone, other] = [aChannel(), aContact('hal', 'phone'), aChannel()];
  stage.people.addUser('hal', [{ target: phone, afterMs: 0 }]);
  const onExhausted = [aChannel()];
  const policy = { ...aPolicyOf('pinned', 900, [chat], [aUser('hal')]), onExhausted };
  const scene = stage.scene(policy);
  const incidentId = await scene.fire({ name: 'disk' });
  await untilThereAre('NotificationDelivered', { scene, incidentId });
  scene.edit({ ...aPolicyOf('pinned', 900, [other], [other]), configVersion: 99 });
  stage.people.removeUser('hal');
  await scene.fire({ name: 'another disk' });
  const events = await untilThereAre('StepStarted', { scene, incidentId, count: 2 });
  expect(dataOf(events, 'StepStarted')[1]).toMatchObject({
    targets: onExhausted,
    notes: ['user hal is not configured any more'],
  });
  await eventually(() => (firstsTo(onExhausted[0]?.channel ?? '').length === 1 ? true : undefined));
  const [paged] = firstsTo(onExhausted[0]?.channel ?? '');
  expect(paged?.request.notes).toEqual(['user hal is not configured any more']);
  expect(firstsTo(other.channel)).toEqual([]);
  expect(firstsTo(phone.channel)).toEqual([]);
});

test('where the question fails whenever it is asked, the channels that the step names are paged all the same', async () => {
  const chat = aChannel();
  stage.people.answer('faulty', () => {
    throw new TypeError('a fault of the calculation');
  });
  const scene = stage.scene(aPolicyOf('faulty', 60_000, [chat, aUser('ida')]));
  const incidentId = await scene.fire({ name: 'disk' });
  const events = await untilThereAre('NotificationDelivered', { scene, incidentId });
  expect(dataOf(events, 'StepStarted')).toMatchObject([
    { targets: [chat], notes: ['whom to page could not be found out'] },
  ]);
});

test('a step whose condition does not hold is skipped, and the next one begins at once', async () => {
  const [never, then] = [aChannel(), aChannel()];
  const when = [{ kind: 'alerts', atLeast: 99 } as const];
  const steps = [
    { targets: [never], waitMs: 60_000, when },
    { targets: [then], waitMs: 60_000 },
  ];
  stage.people.answer('conditions', ({ step }) => {
    expect(step).toBe(0);
    return { kind: 'skip', reason: 'condition', notes: [] };
  });
  const scene = stage.scene(aPolicy({ name: 'conditions', repeat: 0, steps }));
  const incidentId = await scene.fire({ name: 'disk' });
  const events = await untilThereAre('NotificationDelivered', { scene, incidentId });
  expect(dataOf(events, 'StepSkipped')).toMatchObject([{ step: 0, reason: 'condition' }]);
  expect([never, then].map(({ channel }) => firstsTo(channel).length)).toEqual([0, 1]);
});

test('a step of low urgency waits for its hours, and is asked about again then', async () => {
  const chat = aChannel();
  const steps = [{ targets: [chat], waitMs: 60_000, delayUntil: 'office' }];
  const begun = Date.now();
  stage.people.answer('delayed', ({ delayUntil, targets, atMs }) =>
    delayUntil !== undefined && atMs < begun + 700
      ? { kind: 'delay', untilMs: begun + 700 }
      : {
          kind: 'page',
          targets: targets.flatMap((it) => ('channel' in it ? [it] : [])),
          people: [],
          notes: [],
        },
  );
  const scene = stage.scene(aPolicy({ name: 'delayed', repeat: 0, steps }));
  const incidentId = await scene.fire({ name: 'disk', severity: 'warning' });
  const events = await untilThereAre('NotificationDelivered', { scene, incidentId });
  expect(dataOf(events, 'StepDelayed')).toMatchObject([
    { step: 0, until: new Date(begun + 700).toISOString() },
  ]);
  expect(firstsTo(chat.channel)[0]?.atMs).toBeGreaterThanOrEqual(begun + 700);
});

test('commands and alerts go on while nobody can say whom the step pages', async () => {
  const answer = Promise.withResolvers<never>();
  stage.people.answer('unknown', () => answer.promise);
  const scene = stage.scene(aPolicyOf('unknown', 60_000, [aUser('ida')]));
  const incidentId = await scene.fire({ name: 'disk' });
  await eventually(() => (stage.people.asked.some(({ policy }) => policy === 'unknown') ? true : undefined));
  const noted = await stage.commands.note({ ...commandOn(scene, incidentId), text: 'looking' });
  expect(noted.state).toBe('open');
  expect(await stage.commands.acknowledge(commandOn(scene, incidentId))).toMatchObject({
    state: 'acknowledged',
  });
  answer.reject(new Error('the database is away'));
  const events = await scene.events(incidentId);
  expect(dataOf(events, 'StepStarted')).toEqual([]);
});

test('an acknowledgement that nothing follows runs out: the escalation begins anew', async () => {
  const chat = aChannel();
  const scene = stage.scene({ ...aPolicyOf('forgotten', 60_000, [chat]), ackTimeoutMs: 500 });
  const incidentId = await scene.fire({ name: 'disk' });
  await untilThereAre('NotificationDelivered', { scene, incidentId });
  await stage.commands.acknowledge(commandOn(scene, incidentId));
  const events = await untilThereAre('NotificationDelivered', { scene, incidentId, count: 2 });
  const [acknowledged] = dataOf(events, 'IncidentAcknowledged');
  const [expired] = dataOf(events, 'AcknowledgementExpired');
  expect(Date.parse(expired?.at ?? '') - Date.parse(acknowledged?.at ?? '')).toBeGreaterThanOrEqual(500);
  expect(dataOf(events, 'StepStarted').at(-1)).toMatchObject({
    reason: 'acknowledgement_expired',
    round: 1,
    step: 0,
  });
  expect(firstsTo(chat.channel)).toHaveLength(2);
});

test('whoever was paged is reminded while the incident is acknowledged, and no longer once it is resolved', async () => {
  const chat = aChannel();
  const scene = stage.scene({ ...aPolicyOf('reminded', 60_000, [chat]), remindEveryMs: 300 });
  const incidentId = await scene.fire({ name: 'disk' });
  await untilThereAre('NotificationDelivered', { scene, incidentId });
  await stage.commands.acknowledge(commandOn(scene, incidentId));
  await untilThereAre('NotificationDelivered', { scene, incidentId, count: 3 });
  await stage.commands.resolve(commandOn(scene, incidentId));
  await stage.client.workflow.getHandle(scene.workflowId).result();
  const sent = stage.notifier.sent.filter(({ request }) => request.channel === chat.channel);
  const kinds = sent.map(({ request }) => request.kind);
  expect(kinds.slice(0, 3)).toEqual(['page', 'reminder', 'reminder']);
  const events = await scene.events(incidentId);
  const end = events.findIndex(({ type }) => type === 'IncidentResolved');
  expect(dataOf(events.slice(end), 'NotificationRequested')).toEqual([]);
  expect(sent[1]?.request).toMatchObject({ by: 'amy', incident: { state: 'acknowledged' } });
});

test('an incident whose alerts clear is held open for a while, and goes on when they come back', async () => {
  const [chat, next] = [aChannel(), aChannel()];
  const scene = stage.scene({ ...aPolicyOf('held', 900, [chat], [next]), resolveHoldMs: 1_500 });
  const incidentId = await scene.fire({ name: 'disk' });
  await untilThereAre('NotificationDelivered', { scene, incidentId });
  await scene.clear({ name: 'disk' });
  await untilThereAre('ResolutionHeld', { scene, incidentId });
  await scene.fire({ name: 'disk' });
  await untilThereAre('NotificationDelivered', { scene, incidentId, count: 2 });
  expect(firstsTo(next.channel)).toHaveLength(1);
  await scene.clear({ name: 'disk' });
  const events = await untilThereAre('IncidentResolved', { scene, incidentId });
  const held = dataOf(events, 'ResolutionHeld').at(-1);
  const [resolved] = dataOf(events, 'IncidentResolved');
  expect(resolved).toMatchObject({ reason: 'cleared' });
  expect(Date.parse(resolved?.at ?? '')).toBeGreaterThanOrEqual(Date.parse(held?.until ?? ''));
});

test('an incident of which nothing is heard resolves by itself', async () => {
  const scene = stage.scene({ ...aPolicyOf('unheard', 60_000, [aChannel()]), autoResolveMs: 600 });
  const incidentId = await scene.fire({ name: 'disk' });
  const events = await untilThereAre('IncidentResolved', { scene, incidentId });
  expect(dataOf(events, 'IncidentResolved')).toMatchObject([{ reason: 'unheard' }]);
});

test('an alert that joins while the two sides of a branch are asked about takes neither away', async () => {
  const [many, few] = [aChannel(), aChannel()];
  const manyAlerts = { kind: 'alerts', atLeast: 2 } as const;
  const policy = aPolicy({
    name: 'branched',
    repeat: 0,
    steps: [
      { targets: [many], waitMs: 60_000, when: [manyAlerts] },
      { targets: [few], waitMs: 60_000, when: [{ kind: 'not', of: [manyAlerts] }] },
    ],
  });
  const scene = stage.scene(policy);
  stage.people.answer('branched', async ({ incidentId, step, alertCount }) => {
    if (step === 0) {
      await scene.fire({ name: 'fan' });
      await untilThereAre('AlertsAttached', { scene, incidentId, count: 2 });
    }
    const holds = step === 0 ? alertCount >= 2 : alertCount < 2;
    if (!holds) return { kind: 'skip', reason: 'condition', notes: [] };
    return { kind: 'page', targets: [step === 0 ? many : few], people: [], notes: [] };
  });
  const incidentId = await scene.fire({ name: 'disk' });
  await Promise.race([
    untilThereAre('NotificationDelivered', { scene, incidentId }),
    untilThereAre('EscalationExhausted', { scene, incidentId }),
  ]);
  expect(firstsTo(few.channel)).toHaveLength(1);
});

test('first_success pages one after the other until one is delivered', async () => {
  const [one, two, three] = [aChannel(), aChannel(), aChannel()];
  stage.notifier.always(one.channel, { outcome: 'rejected', reason: 'answered 400' });
  const steps = [{ targets: [one, two, three], waitMs: 60_000, mode: 'first_success' as const }];
  const scene = stage.scene(aPolicy({ name: 'first', repeat: 0, steps }));
  const incidentId = await scene.fire({ name: 'disk' });
  await untilThereAre('NotificationDelivered', { scene, incidentId });
  await stage.commands.resolve(commandOn(scene, incidentId));
  await stage.client.workflow.getHandle(scene.workflowId).result();
  expect([one, two, three].map(({ channel }) => firstsTo(channel).length)).toEqual([1, 1, 0]);
});

test('when all rounds are over somebody else is paged: never silence', async () => {
  const [chat, last] = [aChannel(), aChannel()];
  const scene = stage.scene({ ...aPolicyOf('exhausted', 300, [chat]), onExhausted: [last] });
  const incidentId = await scene.fire({ name: 'disk' });
  const events = await untilThereAre('NotificationDelivered', { scene, incidentId, count: 2 });
  expect(dataOf(events, 'StepStarted').at(-1)).toMatchObject({ reason: 'exhausted', step: 1 });
  expect(firstsTo(last.channel)).toHaveLength(1);
});
