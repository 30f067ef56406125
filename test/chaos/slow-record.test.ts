import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleWorkflows } from '../../workers/bundle.ts';
import { eventually } from '../support/eventually.ts';
import { aPolicy } from '../support/incident-events.ts';
import { openSagaStage, type SagaStage } from '../support/saga-stage.ts';

let stage: SagaStage;
beforeAll(async () => {
  stage = await openSagaStage();
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

/** Longer than a workflow task may take: the engine then goes on with one task after the other. */
const slowMs = 3_500;

async function replay(workflowId: string): Promise<void> {
  const history = await stage.client.workflow.getHandle(workflowId).fetchHistory();
  await Worker.runReplayHistory({ workflowBundle: await bundleWorkflows() }, history, workflowId);
}

const troubles = {
  'takes long': () => stage.slowDownRecord(slowMs),
  'fails for a while': () => stage.failRecords(6),
} as const;
const cases = (Object.keys(troubles) as (keyof typeof troubles)[]).flatMap((trouble) =>
  [0, 1].map((nth) => [nth, trouble] as const),
);

test.each(cases)('a saga whose record number %i %s is replayed as it went', async (nth, trouble) => {
  const scene = stage.scene(aPolicy());
  const typesOf = async () => (await scene.events(incidentId)).map(({ type }) => type);
  if (nth === 0) troubles[trouble]();
  const incidentId = await scene.fire({ name: 'a' });
  await eventually(async () => ((await typesOf()).includes('StepStarted') ? true : undefined), 15_000);
  if (nth === 1) troubles[trouble]();
  await scene.fire({ name: 'b' });
  await eventually(async () => {
    const types = await typesOf();
    return types.includes('NotificationDelivered') ? true : undefined;
  }, 15_000);
  const count = async () => (await typesOf()).filter((type) => type === 'AlertsAttached').length;
  await eventually(async () => ((await count()) >= 2 ? true : undefined), 15_000);
  await replay(scene.workflowId);
  expect(await typesOf()).toContain('NotificationDelivered');
});
