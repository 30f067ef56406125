import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../domain/limits.ts';
import { eventually } from '../support/eventually.ts';
import { aPolicy, opsTarget } from '../support/incident-events.ts';
import { openSagaStage, type SagaStage } from '../support/saga-stage.ts';

let stage: SagaStage;
beforeAll(async () => {
  stage = await openSagaStage();
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

const notesAtOnce = 10;

test('an incident with a long history goes on in a new run, with all it knew and no page twice', async () => {
  const chat = { ...opsTarget, name: 'channel:chat', channel: 'chat' };
  const steps = [opsTarget, chat].map((target) => ({ targets: [target], waitMs: 600_000 }));
  const scene = stage.scene(aPolicy({ steps, repeat: 0 }));
  const incidentId = await scene.fire({ name: 'disk' });
  const command = { workflowId: scene.workflowId, incidentId, by: 'amy', via: 'api', requestId: 'r' };
  const handle = stage.client.workflow.getHandle(scene.workflowId);
  await eventually(() => (stage.notifier.pagesTo('ops').length === 1 ? true : undefined));
  const firstRun = (await handle.describe()).runId;

  let notes = 0;
  while ((await handle.describe()).runId === firstRun) {
    expect(notes).toBeLessThan(limits.maxHistoryEvents);
    const texts = Array.from({ length: notesAtOnce }, (_, index) => `note ${notes + index}`);
    await Promise.all(texts.map((text) => stage.commands.note({ ...command, text })));
    notes += texts.length;
  }

  const answer = await stage.commands.escalate(command);
  expect(answer.state).toBe('open');
  await eventually(() => (stage.notifier.pagesTo('chat').length === 1 ? true : undefined));
  const events = await scene.events(incidentId);
  expect(events.filter(({ type }) => type === 'IncidentNoted')).toHaveLength(notes);
  expect(events.filter(({ type }) => type === 'IncidentOpened')).toHaveLength(1);
  expect(stage.notifier.pagesTo('ops')).toHaveLength(1);
}, 120_000);
