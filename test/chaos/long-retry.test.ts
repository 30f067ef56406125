import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../domain/limits.ts';
import { eventually } from '../support/eventually.ts';
import { aPolicy } from '../support/incident-events.ts';
import { aChannel, historiesOf, untilThereAre } from '../support/saga-scenario.ts';
import { openSagaStage, type SagaStage } from '../support/saga-stage.ts';

let stage: SagaStage;
beforeAll(async () => {
  stage = await openSagaStage();
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

test('a page that waits long for its next attempt does not keep a long history from being left behind', async () => {
  const chat = aChannel();
  const busy = { outcome: 'retry', reason: 'answered 429', afterMs: 60_000 } as const;
  stage.notifier.answer(chat.channel, busy);
  const scene = stage.scene(aPolicy({ steps: [{ targets: [chat], waitMs: 600_000 }], repeat: 0 }));
  const incidentId = await scene.fire({ name: 'disk' });
  await eventually(() => (stage.notifier.pagesTo(chat.channel).length === 1 ? true : undefined));
  const handle = stage.client.workflow.getHandle(scene.workflowId);
  const first = (await handle.describe()).runId;
  const nothing = { incidentId, keys: ['no dead letter'], by: 'amy' };
  // that changes nothing: it only makes the history longer, and the page is under way all the time
  while ((await handle.describe()).historyLength <= limits.maxHistoryEvents * 1.5) {
    const signals = Array.from({ length: 100 }, () => stage.escalations.redeliver(scene.subject, nothing));
    await Promise.all(signals);
  }
  await eventually(async () => ((await handle.describe()).runId === first ? undefined : true), 60_000, 200);
  // the next run sends it at once, under its key
  await untilThereAre('NotificationDelivered', { scene, incidentId });
  const pages = stage.notifier.pagesTo(chat.channel);
  expect(pages.map(({ attempt }) => attempt)).toEqual([1, 2]);
  expect(new Set(pages.map(({ request }) => request.key)).size).toBe(1);
  const [, before] = await historiesOf(stage, scene);
  expect(before).toBeLessThan(limits.maxHistoryEvents * 1.5 + 600);
});
