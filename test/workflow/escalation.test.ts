import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IncidentEvent } from '../../domain/events/incident-events.ts';
import { deliveryStreamOf, notificationKeyOf } from '../../domain/ids.ts';
import type { PolicySnapshot, Target } from '../../domain/policy/policy.ts';
import { eventually } from '../support/eventually.ts';
import { aPolicy } from '../support/incident-events.ts';
import { openSagaStage, type SagaStage, type Scene } from '../support/saga-stage.ts';

let stage: SagaStage;
beforeAll(async () => {
  stage = await openSagaStage();
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

let channels = 0;

/** Channels of their own, so that tests in one file do not see each other's pages. */
function aTarget(changes: Partial<Target> = {}): Target {
  channels += 1;
  const channel = `channel-${channels}`;
  return {
    kind: 'channel',
    name: `channel:${channel}`,
    channel,
    provider: 'webhook',
    updates: false,
    ...changes,
  };
}

function steps(waitMs: number, ...targets: readonly Target[]): Pick<PolicySnapshot, 'steps' | 'repeat'> {
  return { repeat: 0, steps: targets.map((target) => ({ targets: [target], waitMs })) };
}

function has(
  type: IncidentEvent['type'],
  scene: Scene,
  incidentId: string,
  count = 1,
): Promise<IncidentEvent[]> {
  return eventually(async () => {
    const events = await scene.events(incidentId);
    return events.filter((event) => event.type === type).length >= count ? events : undefined;
  }, 20_000);
}

/** Alerts that fire together may be taken in together. */
function attachedIn(events: readonly IncidentEvent[]): number {
  return events.reduce((sum, event) => sum + (event.type === 'AlertsAttached' ? event.data.count : 0), 0);
}

function typesOf(events: readonly IncidentEvent[]): string[] {
  return events.map(({ type }) => type);
}

async function viewOf(incidentId: string) {
  const statement = 'SELECT state, version FROM incident_views WHERE incident_id = $1';
  const rows = await stage.database.query<{ state: string; version: number }>(statement, [incidentId]);
  return rows[0];
}

function commandFor(scene: Scene, incidentId: string) {
  return {
    workflowId: scene.workflowId,
    incidentId,
    by: 'amy',
    via: 'api',
    requestId: `request-${incidentId}`,
  };
}

test('pages step by step until the policy is exhausted, never early', async () => {
  const [first, second] = [aTarget(), aTarget()];
  const scene = stage.scene(aPolicy(steps(300, first, second)));
  const id = await scene.fire({ name: 'disk' });
  const events = await has('EscalationExhausted', scene, id);
  expect(typesOf(events).filter((type) => !type.startsWith('Notification'))).toEqual([
    'IncidentOpened',
    'AlertsAttached',
    'StepStarted',
    'StepStarted',
    'EscalationExhausted',
  ]);
  const [begun, next] = events.flatMap((event) => (event.type === 'StepStarted' ? [event.data] : []));
  const dueMs = Date.parse(begun?.at ?? '') + 300;
  expect(next?.dueAt).toBe(new Date(dueMs).toISOString());
  const [page, ...more] = stage.notifier.pagesTo(second.channel);
  expect(more).toEqual([]);
  expect(page?.atMs).toBeGreaterThanOrEqual(dueMs);
  expect(stage.notifier.pagesTo(first.channel)).toHaveLength(1);
});

test('a step that fell due while a slow database kept the saga waiting begins all the same', async () => {
  const [first, second] = [aTarget(), aTarget()];
  const scene = stage.scene(aPolicy(steps(1_000, first, second)));
  // nothing but the step itself can wake the saga
  const held = Promise.withResolvers<{ outcome: 'delivered'; providerId: string }>();
  stage.notifier.answer(first.channel, held.promise);
  // longer than a workflow task, so that the workflow's clock moves on meanwhile, past the second step
  stage.slowDownRecord(4_000);
  const id = await scene.fire({ name: 'disk' });
  await has('StepStarted', scene, id, 2);
  held.resolve({ outcome: 'delivered', providerId: 'at last' });
  await eventually(() => (stage.notifier.pagesTo(second.channel).length === 1 ? true : undefined));
});

test('an acknowledgement ends the escalation, and a second one changes nothing', async () => {
  const [first, second] = [aTarget(), aTarget()];
  const scene = stage.scene(aPolicy(steps(1_500, first, second)));
  const id = await scene.fire({ name: 'disk' });
  await has('NotificationDelivered', scene, id);
  const answer = await stage.commands.acknowledge(commandFor(scene, id));
  expect(answer).toMatchObject({ state: 'acknowledged' });
  expect(await stage.commands.acknowledge(commandFor(scene, id))).toEqual(answer);
  await scene.clear({ name: 'disk' });
  await has('IncidentResolved', scene, id);
  await stage.client.workflow.getHandle(scene.workflowId).result();
  expect(stage.notifier.pagesTo(second.channel)).toEqual([]);
});

test('resolves itself once the last of its alerts has cleared', async () => {
  const scene = stage.scene(aPolicy(steps(60_000, aTarget())));
  const id = await scene.fire({ name: 'one' });
  await scene.fire({ name: 'two' });
  await eventually(async () => (attachedIn(await scene.events(id)) === 2 ? true : undefined));
  await scene.clear({ name: 'one' });
  await has('AlertsCleared', scene, id);
  await scene.clear({ name: 'two' });
  const events = await has('IncidentResolved', scene, id);
  expect(events.at(-1)).toMatchObject({ type: 'IncidentResolved', data: { reason: 'cleared' } });
});

test('an alert that fires after the end opens an incident of its own', async () => {
  const target = aTarget();
  const scene = stage.scene(aPolicy(steps(60_000, target)));
  const first = await scene.fire({ name: 'disk' });
  await has('NotificationDelivered', scene, first);
  await scene.clear({ name: 'disk' });
  await has('IncidentResolved', scene, first);
  const second = await scene.fire({ name: 'disk' });
  expect(second).not.toBe(first);
  await has('NotificationDelivered', scene, second);
  expect(stage.notifier.pagesTo(target.channel).map(({ request }) => request.incident.id)).toEqual([
    first,
    second,
  ]);
});

test('a dispatch that is repeated after the end sends nothing', async () => {
  const target = aTarget();
  const scene = stage.scene(aPolicy(steps(60_000, target)));
  const id = await scene.fire({ name: 'disk' });
  await has('NotificationDelivered', scene, id);
  await stage.commands.resolve(commandFor(scene, id));
  await stage.client.workflow.getHandle(scene.workflowId).result();
  const before = await scene.events(id);
  await scene.repeat(id);
  await stage.client.workflow.getHandle(scene.workflowId).result();
  expect(await scene.events(id)).toEqual(before);
  expect(stage.notifier.pagesTo(target.channel)).toHaveLength(1);
});

test('tries a page again under the same key, as often as the provider needs', async () => {
  const target = aTarget();
  const busy = { outcome: 'retry', reason: 'answered 503' } as const;
  stage.notifier.answer(target.channel, busy, { outcome: 'unknown', reason: 'connection reset' });
  const scene = stage.scene(aPolicy(steps(60_000, target)));
  const id = await scene.fire({ name: 'disk' });
  const events = await has('NotificationDelivered', scene, id);
  expect(events.at(-1)).toMatchObject({ data: { attempts: 3 } });
  const pages = stage.notifier.pagesTo(target.channel);
  expect(pages.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  expect(new Set(pages.map(({ request }) => request.key)).size).toBe(1);
});

test('a page that was delivered before a crash is not sent again', async () => {
  const target = aTarget();
  const scene = stage.scene(aPolicy(steps(60_000, target)));
  await stage.stopWorkers();
  const id = await scene.fire({ name: 'disk' });
  const page = { kind: 'page', round: 0, step: 0, channel: target.channel } as const;
  const key = notificationKeyOf({
    ...page,
    tenant: 'default',
    incidentId: id,
    target: target.name,
    sequence: 0,
  });
  const attempt = { ...page, key, incidentId: id, provider: 'webhook', attempt: 1, durationMs: 5 };
  const data = {
    ...attempt,
    at: new Date().toISOString(),
    outcome: 'delivered',
    providerId: 'sent-before',
  } as const;
  const events = [{ body: { type: 'DeliveryAttempted', data }, metadata: {} }];
  await stage.recorder.append({ stream: deliveryStreamOf(key), expectedVersion: -1, events });
  await stage.startWorkers();
  const recorded = await has('NotificationDelivered', scene, id);
  expect(recorded.at(-1)).toMatchObject({ data: { key, providerId: 'sent-before' } });
  expect(stage.notifier.pagesTo(target.channel)).toEqual([]);
});

test('a page that the provider refuses is a dead letter, and the next step begins at once', async () => {
  const [first, second] = [aTarget(), aTarget()];
  stage.notifier.always(first.channel, { outcome: 'rejected', reason: 'answered 400', status: 400 });
  const scene = stage.scene(aPolicy(steps(60_000, first, second)));
  const id = await scene.fire({ name: 'disk' });
  const events = await has('NotificationDelivered', scene, id);
  expect(typesOf(events)).toContain('NotificationDeadLettered');
  expect(events.find(({ type }) => type === 'NotificationDeadLettered')).toMatchObject({
    data: { reason: 'answered 400', attempts: 1 },
  });
  expect(stage.notifier.pagesTo(first.channel)).toHaveLength(1);
  expect(stage.notifier.pagesTo(second.channel)).toHaveLength(1);
});

test('a provider that stays broken is given up after five attempts', async () => {
  const [first, second] = [aTarget(), aTarget()];
  stage.notifier.always(first.channel, { outcome: 'retry', reason: 'answered 500', status: 500 });
  const scene = stage.scene(aPolicy(steps(60_000, first, second)));
  const id = await scene.fire({ name: 'disk' });
  const events = await has('NotificationDelivered', scene, id);
  expect(stage.notifier.pagesTo(first.channel)).toHaveLength(5);
  expect(events.find(({ type }) => type === 'NotificationDeadLettered')).toMatchObject({
    data: { attempts: 5 },
  });
});

test('an acknowledgement withdraws a page that is waiting for its next attempt', async () => {
  const target = aTarget();
  stage.notifier.answer(target.channel, { outcome: 'retry', reason: 'answered 429', afterMs: 30_000 });
  const scene = stage.scene(aPolicy(steps(60_000, target)));
  const id = await scene.fire({ name: 'disk' });
  await eventually(() => (stage.notifier.pagesTo(target.channel).length === 1 ? true : undefined));
  await stage.commands.acknowledge(commandFor(scene, id));
  const events = await has('NotificationFailed', scene, id);
  expect(events.at(-1)).toMatchObject({
    type: 'NotificationFailed',
    data: { reason: 'nobody needs it any more' },
  });
  expect(stage.notifier.pagesTo(target.channel)).toHaveLength(1);
});

test('a page under way when somebody acknowledges is awaited, and its message corrected', async () => {
  const target = aTarget({ updates: true });
  const held = Promise.withResolvers<{ outcome: 'delivered'; providerId: string }>();
  stage.notifier.answer(target.channel, held.promise);
  const scene = stage.scene(aPolicy(steps(60_000, target)));
  const id = await scene.fire({ name: 'disk' });
  await eventually(() => (stage.notifier.pagesTo(target.channel).length === 1 ? true : undefined));
  await stage.commands.acknowledge(commandFor(scene, id));
  held.resolve({ outcome: 'delivered', providerId: 'C1:1.2' });
  await has('NotificationDelivered', scene, id, 2);
  const edits = stage.notifier.sent.filter(
    ({ request }) => request.channel === target.channel && request.kind === 'update',
  );
  expect(edits.map(({ request }) => [request.providerId, request.by, request.incident.state])).toEqual([
    ['C1:1.2', 'amy', 'acknowledged'],
  ]);
});

test('messages are edited on acknowledge and on resolve before the saga ends', async () => {
  const target = aTarget({ updates: true });
  const scene = stage.scene(aPolicy(steps(60_000, target)));
  const id = await scene.fire({ name: 'disk' });
  await has('NotificationDelivered', scene, id);
  await stage.commands.acknowledge(commandFor(scene, id));
  await has('NotificationDelivered', scene, id, 2);
  await stage.commands.resolve(commandFor(scene, id));
  await stage.client.workflow.getHandle(scene.workflowId).result();
  const kinds = stage.notifier.sent.filter(({ request }) => request.channel === target.channel);
  expect(kinds.map(({ request }) => request.kind)).toEqual(['page', 'update', 'resolved']);
  expect(kinds.map(({ request }) => request.by)).toEqual([undefined, 'amy', 'amy']);
});

test('nobody is named on a message whose alerts cleared by themselves', async () => {
  const target = aTarget({ updates: true });
  const scene = stage.scene(aPolicy(steps(60_000, target)));
  const id = await scene.fire({ name: 'disk' });
  await has('NotificationDelivered', scene, id);
  await stage.commands.acknowledge(commandFor(scene, id));
  await has('NotificationDelivered', scene, id, 2);
  await scene.clear({ name: 'disk' });
  await has('NotificationDelivered', scene, id, 3);
  const edit = stage.notifier.sent.find(
    ({ request }) => request.channel === target.channel && request.kind === 'resolved',
  );
  expect(edit?.request.by).toBeUndefined();
});

test('an alert that fires while the last incident is still being tidied up pages at once', async () => {
  const target = aTarget({ updates: true });
  const scene = stage.scene(aPolicy(steps(60_000, target)));
  const first = await scene.fire({ name: 'disk' });
  await has('NotificationDelivered', scene, first);
  const held = Promise.withResolvers<{ outcome: 'delivered'; providerId: string }>();
  stage.notifier.answer(target.channel, held.promise);
  await scene.clear({ name: 'disk' });
  await eventually(() =>
    stage.notifier.sent.some(
      ({ request }) => request.kind === 'resolved' && request.channel === target.channel,
    )
      ? true
      : undefined,
  );
  const second = await scene.fire({ name: 'disk' });
  // the provider has not answered the edit yet
  await has('NotificationDelivered', scene, second);
  held.resolve({ outcome: 'delivered', providerId: 'edited' });
  await has('NotificationDelivered', scene, first, 2);
});

test('a snooze is quiet until it ends and then pages from the first step', async () => {
  const target = aTarget();
  const scene = stage.scene(aPolicy(steps(60_000, target)));
  const id = await scene.fire({ name: 'disk' });
  await has('NotificationDelivered', scene, id);
  const until = new Date(Date.now() + 700).toISOString();
  await stage.commands.snooze({ ...commandFor(scene, id), until });
  const events = await has('StepStarted', scene, id, 2);
  const step = events.findLast((event) => event.type === 'StepStarted');
  expect(step).toMatchObject({ data: { reason: 'snooze_ended', round: 1, step: 0 } });
  expect(step?.data.at && step.data.at >= until).toBe(true);
});

test('a snooze into the past or beyond seven days is refused', async () => {
  const scene = stage.scene(aPolicy(steps(60_000, aTarget())));
  const id = await scene.fire({ name: 'disk' });
  await has('NotificationDelivered', scene, id);
  for (const until of ['2020-01-01T00:00:00.000Z', '2999-01-01T00:00:00.000Z', 'tomorrow']) {
    await expect(stage.commands.snooze({ ...commandFor(scene, id), until })).rejects.toMatchObject({
      code: 'invalid_command',
    });
  }
});

test('a human may resolve in the very moment of the first page', async () => {
  // the saga must not end while its projection is just being started: the command would be lost with its task
  const resolveAtOnce = async () => {
    const scene = stage.scene(aPolicy(steps(60_000, aTarget())));
    const id = await scene.fire({ name: 'disk' });
    await has('NotificationDelivered', scene, id);
    return stage.commands.resolve(commandFor(scene, id));
  };
  for (let round = 0; round < 5; round += 1) {
    const answers = await Promise.all([resolveAtOnce(), resolveAtOnce(), resolveAtOnce()]);
    expect(answers.map(({ state }) => state)).toEqual(['resolved', 'resolved', 'resolved']);
  }
});

test('escalating, reassigning and noting are recorded with who did it', async () => {
  const [first, second, third] = [aTarget(), aTarget(), aTarget()];
  const scene = stage.scene(aPolicy(steps(60_000, first, second)));
  const id = await scene.fire({ name: 'disk' });
  const command = commandFor(scene, id);
  await has('NotificationDelivered', scene, id);
  await stage.commands.escalate(command);
  await has('NotificationDelivered', scene, id, 2);
  await stage.commands.reassign({ ...command, targets: [third] });
  await has('NotificationDelivered', scene, id, 3);
  await stage.commands.note({ ...command, text: 'looking at it' });
  const events = await scene.events(id);
  expect(events.filter(({ type }) => /^Incident(Esc|Rea|Not)/.test(type))).toMatchObject([
    { type: 'IncidentEscalated', data: { by: 'amy' } },
    { type: 'IncidentReassigned', data: { by: 'amy' } },
    { type: 'IncidentNoted', data: { by: 'amy', text: 'looking at it' } },
  ]);
  expect(stage.notifier.pagesTo(second.channel)).toHaveLength(1);
  expect(stage.notifier.pagesTo(third.channel)).toHaveLength(1);
});

test("another incident's command is refused by its code", async () => {
  const scene = stage.scene(aPolicy(steps(60_000, aTarget())));
  const id = await scene.fire({ name: 'disk' });
  await has('NotificationDelivered', scene, id);
  const command = { ...commandFor(scene, id), incidentId: '00000000-0000-5000-8000-000000000000' };
  await expect(stage.commands.acknowledge(command)).rejects.toMatchObject({ code: 'incident_closed' });
});

test('a higher severity that joins pages again in spite of an acknowledgement', async () => {
  const target = aTarget();
  const scene = stage.scene(aPolicy(steps(60_000, target)));
  const id = await scene.fire({ name: 'slow', severity: 'warning' });
  await has('NotificationDelivered', scene, id);
  await stage.commands.acknowledge(commandFor(scene, id));
  await scene.fire({ name: 'down', severity: 'critical' });
  const events = await has('StepStarted', scene, id, 2);
  expect(events.findLast(({ type }) => type === 'StepStarted')).toMatchObject({
    data: { reason: 'severity_raised' },
  });
});

test('goes on with the next step although the workers were away when it was due', async () => {
  const [first, second] = [aTarget(), aTarget()];
  const scene = stage.scene(aPolicy(steps(400, first, second)));
  const id = await scene.fire({ name: 'disk' });
  await has('NotificationDelivered', scene, id);
  await stage.stopWorkers();
  await stage.startWorkers();
  const events = await has('NotificationDelivered', scene, id, 2);
  const [, step] = events.filter((event) => event.type === 'StepStarted');
  expect(Date.parse(step?.data.at ?? '')).toBeGreaterThanOrEqual(Date.parse(step?.data.dueAt ?? ''));
});

test('a saga that was terminated is taken up again from the log under the same incident', async () => {
  const [first, second] = [aTarget(), aTarget()];
  const policy = aPolicy(steps(1_000, first, second));
  const scene = stage.scene(policy);
  const id = await scene.fire({ name: 'disk' });
  await has('NotificationDelivered', scene, id);
  await stage.client.workflow.getHandle(scene.workflowId).terminate('the test');
  expect(await stage.escalations.runningIncident(scene.subject)).toBeUndefined();
  await stage.escalations.review(
    scene.subject,
    { policy, references: [], review: { incidentId: id } },
    'critical',
  );
  await has('NotificationDelivered', scene, id, 2);
  expect(stage.notifier.pagesTo(first.channel)).toHaveLength(1);
  expect(stage.notifier.pagesTo(second.channel)).toHaveLength(1);
  expect(await stage.escalations.runningIncident(scene.subject)).toBe(id);
});

test('a saga that stands where its stream does not reads it again and goes on', async () => {
  const [first, second] = [aTarget(), aTarget()];
  const scene = stage.scene(aPolicy(steps(60_000, first, second)));
  const held = Promise.withResolvers<{ outcome: 'delivered'; providerId: string }>();
  stage.notifier.answer(first.channel, held.promise);
  const id = await scene.fire({ name: 'disk' });
  await eventually(() => (stage.notifier.pagesTo(first.channel).length === 1 ? true : undefined));
  stage.forgetRecord();
  held.resolve({ outcome: 'delivered', providerId: 'message-1' });
  await eventually(() => (stage.hasForgotten() ? true : undefined));
  expect(await stage.commands.escalate(commandFor(scene, id))).toMatchObject({ state: 'open' });
  const events = await has('NotificationDelivered', scene, id, 2);
  expect(typesOf(events)).toContain('IncidentEscalated');
  // what was sent is found in the log, not sent again
  expect(stage.notifier.pagesTo(first.channel)).toHaveLength(1);
  expect(stage.notifier.pagesTo(second.channel)).toHaveLength(1);
});

test('an incident whose first page hangs is shown soon all the same', async () => {
  const target = aTarget();
  const held = Promise.withResolvers<{ outcome: 'delivered'; providerId: string }>();
  stage.notifier.answer(target.channel, held.promise);
  const scene = stage.scene(aPolicy(steps(60_000, target)));
  const id = await scene.fire({ name: 'disk' });
  const shown = await eventually(() => viewOf(id), 10_000);
  expect(shown).toMatchObject({ state: 'open' });
  held.resolve({ outcome: 'delivered', providerId: 'late' });
  await eventually(async () => ((await viewOf(id))?.version === 4 ? true : undefined), 10_000);
});

test('the Web UI reads what the incident is about', async () => {
  const scene = stage.scene(aPolicy(steps(60_000, aTarget())));
  const id = await scene.fire({ name: 'disk' });
  await has('NotificationDelivered', scene, id);
  await stage.commands.acknowledge(commandFor(scene, id));
  const description = await eventually(async () => {
    const described = await stage.client.workflow.getHandle(scene.workflowId).describe();
    return described.searchAttributes.TocsinState?.[0] === 'acknowledged' ? described : undefined;
  });
  expect(description.searchAttributes).toMatchObject({
    TocsinIncidentId: [id],
    TocsinSeverity: ['critical'],
    TocsinTenant: ['default'],
  });
  expect(await description.staticSummary()).toMatch(/disk is bad/);
});

test('a simple acknowledged and resolved incident keeps its history short', async () => {
  const scene = stage.scene(aPolicy(steps(60_000, aTarget())));
  const id = await scene.fire({ name: 'disk' });
  await has('NotificationDelivered', scene, id);
  await stage.commands.acknowledge(commandFor(scene, id));
  await scene.clear({ name: 'disk' });
  const handle = stage.client.workflow.getHandle(scene.workflowId);
  await handle.result();
  const { events } = await handle.fetchHistory();
  expect(events?.length ?? 0).toBeLessThanOrEqual(40);
});
