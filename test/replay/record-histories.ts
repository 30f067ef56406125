import { mkdirSync, writeFileSync } from 'node:fs';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { afterAll, beforeAll, test } from 'vitest';
import type { IncidentEvent } from '../../domain/events/incident-events.ts';
import { projectionWorkflowIdOf } from '../../domain/ids.ts';
import { isChannel } from '../../domain/policy/plan.ts';
import type { Target } from '../../domain/policy/policy.ts';
import { eventually } from '../support/eventually.ts';
import { aPolicy } from '../support/incident-events.ts';
import { aContact, aUser, dataOf } from '../support/saga-scenario.ts';
import { openSagaStage, type SagaStage, type Scene } from '../support/saga-stage.ts';
import { historiesDir, withoutTraces } from './histories.ts';

/**
 * `npm run record:histories`: run it after a change of the workflows, look at what is new, and commit it. Before a release
 * the histories are kept under its number (`escalation-0.1-…`), so that the next version is held to them.
 */

let stage: SagaStage;
beforeAll(async () => {
  stage = await openSagaStage();
  mkdirSync(historiesDir, { recursive: true });
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

function target(channel: string, updates = false): Target {
  return { kind: 'channel', name: `channel:${channel}`, channel, provider: 'webhook', updates };
}

function until(type: IncidentEvent['type'], scene: Scene, incidentId: string, count = 1) {
  return eventually(async () => {
    const events = await scene.events(incidentId);
    return events.filter((event) => event.type === type).length >= count ? events : undefined;
  }, 30_000);
}

async function save(name: string, workflowId: string): Promise<void> {
  const handle = stage.client.workflow.getHandle(workflowId);
  await handle.result();
  const history = withoutTraces(JSON.parse(historyToJSON(await handle.fetchHistory())));
  writeFileSync(new URL(`${name}.json`, historiesDir), `${JSON.stringify(history)}\n`);
}

function command(scene: Scene, incidentId: string) {
  return { workflowId: scene.workflowId, incidentId, by: 'amy', via: 'api', requestId: 'request' };
}

test('acknowledged and cleared', async () => {
  const step = { targets: [target('a1')], waitMs: 60_000 };
  const scene = stage.scene(aPolicy({ steps: [step], repeat: 0 }));
  const id = await scene.fire({ name: 'disk' });
  await until('NotificationDelivered', scene, id);
  await stage.commands.acknowledge(command(scene, id));
  await scene.clear({ name: 'disk' });
  await save('escalation-acknowledged-and-cleared', scene.workflowId);
  await save('projection-acknowledged-and-cleared', projectionWorkflowIdOf(id));
});

test('exhausted and resolved by a human', async () => {
  const steps = ['b1', 'b2'].map((channel) => ({ targets: [target(channel)], waitMs: 150 }));
  const scene = stage.scene(aPolicy({ steps, repeat: 1 }));
  const id = await scene.fire({ name: 'disk' });
  await until('EscalationExhausted', scene, id);
  await stage.commands.resolve(command(scene, id));
  await save('escalation-exhausted-and-resolved', scene.workflowId);
});

test('retried, dead letter, edited messages', async () => {
  stage.notifier.answer('c1', { outcome: 'retry', reason: 'answered 503', status: 503 });
  stage.notifier.always('c2', { outcome: 'rejected', reason: 'answered 400', status: 400 });
  const steps = [
    { targets: [target('c2')], waitMs: 60_000 },
    { targets: [target('c1', true), target('c3', true)], waitMs: 60_000 },
  ];
  const scene = stage.scene(aPolicy({ steps, repeat: 0 }));
  const id = await scene.fire({ name: 'disk' });
  await until('NotificationDelivered', scene, id, 2);
  await stage.commands.acknowledge(command(scene, id));
  await until('NotificationDelivered', scene, id, 4);
  await scene.clear({ name: 'disk' });
  await save('escalation-retried-and-edited', scene.workflowId);
});

test('every command, and a page withdrawn', async () => {
  const steps = ['d1', 'd2'].map((channel) => ({ targets: [target(channel)], waitMs: 60_000 }));
  const scene = stage.scene(aPolicy({ steps, repeat: 0 }));
  const id = await scene.fire({ name: 'one', severity: 'warning' });
  await until('NotificationDelivered', scene, id);
  await stage.commands.snooze({ ...command(scene, id), until: new Date(Date.now() + 300).toISOString() });
  await until('NotificationDelivered', scene, id, 2);
  await stage.commands.escalate(command(scene, id));
  await until('NotificationDelivered', scene, id, 3);
  await stage.commands.note({ ...command(scene, id), text: 'looking' });
  await stage.commands.acknowledge(command(scene, id));
  await scene.fire({ name: 'two', severity: 'critical' });
  await until('NotificationDelivered', scene, id, 4);
  stage.notifier.answer('d3', { outcome: 'retry', reason: 'answered 429', afterMs: 30_000, status: 429 });
  await stage.commands.reassign({ ...command(scene, id), targets: [target('d3')] });
  await eventually(() => (stage.notifier.pagesTo('d3').length > 0 ? true : undefined));
  await stage.commands.acknowledge(command(scene, id));
  await until('NotificationFailed', scene, id);
  await scene.clear({ name: 'one' });
  await scene.clear({ name: 'two' });
  await save('escalation-every-command', scene.workflowId);
  await save('projection-every-command', projectionWorkflowIdOf(id));
});

test('taken up from the log', async () => {
  const steps = ['e1', 'e2'].map((channel) => ({ targets: [target(channel, true)], waitMs: 700 }));
  const policy = aPolicy({ steps, repeat: 0 });
  const scene = stage.scene(policy);
  const id = await scene.fire({ name: 'disk' });
  await until('NotificationDelivered', scene, id);
  await stage.client.workflow.getHandle(scene.workflowId).terminate('the test');
  const review = { policy, references: [], review: { incidentId: id } };
  await stage.escalations.review(scene.subject, review, 'critical');
  await until('NotificationDelivered', scene, id, 2);
  await stage.commands.resolve(command(scene, id));
  await save('escalation-taken-up-from-the-log', scene.workflowId);
});

test('people, conditions, an acknowledgement that runs out, reminders, a held end', async () => {
  const [phone, mail] = [aContact('amy', 'phone'), aContact('amy', 'mail')];
  stage.people.addUser('amy', [
    { target: phone, afterMs: 0 },
    { target: mail, afterMs: 200 },
  ]);
  stage.people.answer('people', ({ step, targets, when }) =>
    when.length > 0
      ? { kind: 'skip', reason: 'condition', notes: [] }
      : {
          kind: 'page',
          targets: targets.filter(isChannel),
          people: step === 1 ? [{ user: 'amy', contacts: stage.people.contactsOf('amy') }] : [],
          notes: ['nobody is on call in payments'],
        },
  );
  const steps = [
    { targets: [target('h1')], waitMs: 60_000, when: [{ kind: 'alerts', atLeast: 9 }] as const },
    { targets: [aUser('amy'), target('h2', true)], waitMs: 60_000 },
  ];
  const policy = { steps, repeat: 1, ackTimeoutMs: 800, remindEveryMs: 300, resolveHoldMs: 200 };
  const scene = stage.scene(aPolicy({ name: 'people', ...policy }));
  const id = await scene.fire({ name: 'disk' });
  await until('NotificationDelivered', scene, id, 3);
  await stage.commands.acknowledge(command(scene, id));
  await until('AcknowledgementExpired', scene, id);
  await until('StepStarted', scene, id, 2);
  await scene.clear({ name: 'disk' });
  await save('escalation-people', scene.workflowId);
});

test('taken back, and sent again', async () => {
  const refused = { outcome: 'rejected', reason: 'answered 400' } as const;
  const targets = ['i1', 'i2', 'i3'].map((channel) => ({ ...target(channel), undoable: true as const }));
  stage.notifier.always('i3', refused);
  stage.notifier.answer('i4', refused);
  const steps = [
    { targets, waitMs: 60_000, mode: 'all_or_nothing' as const },
    { targets: [target('i4'), target('i5')], waitMs: 60_000, mode: 'first_success' as const },
  ];
  const scene = stage.scene(aPolicy({ steps, repeat: 0 }));
  const id = await scene.fire({ name: 'disk' });
  await until('NotificationUndone', scene, id, 2);
  const events = await until('NotificationDeadLettered', scene, id, 2);
  await until('NotificationDelivered', scene, id, 5);
  const keys = dataOf(events, 'NotificationDeadLettered').map(({ key }) => key);
  await stage.escalations.redeliver(scene.subject, { incidentId: id, keys, by: 'amy' });
  await until('NotificationDelivered', scene, id, 6);
  await stage.commands.resolve(command(scene, id));
  await save('escalation-taken-back', scene.workflowId);
});

test('steps that passed while no worker ran', async () => {
  const steps = ['j1', 'j2', 'j3', 'j4'].map((channel) => ({ targets: [target(channel)], waitMs: 2_500 }));
  const scene = stage.scene(aPolicy({ steps, repeat: 0 }));
  const id = await scene.fire({ name: 'disk' });
  const [opened] = dataOf(await until('NotificationDelivered', scene, id), 'IncidentOpened');
  await stage.stopWorkers();
  await eventually(() => (Date.now() > Date.parse(opened?.at ?? '') + 9_000 ? true : undefined), 20_000);
  await stage.startWorkers();
  await until('EscalationExhausted', scene, id);
  await stage.commands.resolve(command(scene, id));
  await save('escalation-after-downtime', scene.workflowId);
});
