import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../domain/limits.ts';
import { eventually } from '../support/eventually.ts';
import { aPolicy } from '../support/incident-events.ts';
import { aChannel, commandOn, untilThereAre } from '../support/saga-scenario.ts';
import { openSagaStage, type SagaStage } from '../support/saga-stage.ts';

let stage: SagaStage;
beforeAll(async () => {
  stage = await openSagaStage();
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

test('resolved while a run with a long history waits for its last page to end: the messages still hear of it', async () => {
  const [chat, slow] = [aChannel({ updates: true }), aChannel()];
  const never = Promise.withResolvers<{ outcome: 'delivered'; providerId: string }>();
  stage.notifier.answer(slow.channel, ...Array.from({ length: 5 }, () => never.promise));
  const steps = [chat, slow].map((target) => ({ targets: [target], waitMs: 3_600_000 }));
  const scene = stage.scene(aPolicy({ steps, repeat: 0 }));
  const incidentId = await scene.fire({ name: 'disk' });
  await untilThereAre('NotificationDelivered', { scene, incidentId });
  const handle = stage.client.workflow.getHandle(scene.workflowId);
  // each is one event of the history, and tells the saga nothing
  const lengthen = async (events: number) => {
    for (let sent = 0; sent < events; sent += 50)
      await Promise.all(Array.from({ length: 50 }, () => handle.signal('alerts', { references: [] })));
  };
  await lengthen(limits.maxHistoryEvents * 0.85);
  await stage.commands.escalate(commandOn(scene, incidentId));
  await eventually(() => (stage.notifier.pagesTo(slow.channel).length > 0 ? true : undefined), 10_000);
  try {
    await lengthen(limits.maxHistoryEvents * 0.65);
    await stage.commands.resolve(commandOn(scene, incidentId));
    const edits = () => stage.notifier.ofKind('resolved').map(({ request }) => request.channel);
    await eventually(() => (edits().length > 0 ? true : undefined), 30_000);
    expect(edits()).toEqual([chat.channel]);
  } finally {
    never.resolve({ outcome: 'delivered', providerId: 'late' });
  }
}, 120_000);
