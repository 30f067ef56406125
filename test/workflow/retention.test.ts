import { ScheduleNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureRetentionSchedule, retentionScheduleIdOf } from '../../client/retention-schedule.ts';
import { incidentStreamOf } from '../../domain/ids.ts';
import { writeCheckpoint } from '../../store/checkpoints.ts';
import { consumers } from '../../store/consumers.ts';
import type { retention } from '../../workflows/retention.ts';
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

const yearMs = 31_536_000_000;

/** An incident that opened, paged, cleared and is over, as every reader of the log knows. */
async function incidentThatIsOver(): Promise<string> {
  const scene = stage.scene(aPolicy());
  const incidentId = await scene.fire({ name: 'disk' });
  await eventually(async () =>
    (await scene.events(incidentId)).some(({ type }) => type === 'NotificationDelivered') ? true : undefined,
  );
  await scene.clear({ name: 'disk' });
  const isResolved = async () => {
    const rows = await stage.database.query<{ version: number }>(
      `SELECT version FROM incident_views WHERE incident_id = $1 AND state = 'resolved'`,
      [incidentId],
    );
    const events = await stage.log.readStream(incidentStreamOf(incidentId));
    return rows[0]?.version === events.at(-1)?.version ? true : undefined;
  };
  await eventually(isResolved);
  const lane = { consumer: consumers.dispatch, lane: 1 };
  await writeCheckpoint(stage.database, { ...lane, position: await stage.log.readLaneTail(1) });
  return incidentId;
}

async function archivedOf(incidentId: string): Promise<number> {
  const stream = incidentStreamOf(incidentId);
  return (await stage.database.query('SELECT FROM events_archive WHERE stream_id = $1', [stream])).length;
}

test('a run archives what is over and leaves what is not', async () => {
  const over = await incidentThatIsOver();
  const scene = stage.scene(aPolicy());
  const open = await scene.fire({ name: 'cpu' });
  await eventually(async () => ((await scene.events(open)).length > 0 ? true : undefined));
  const run = (archiveAfterMs: number) =>
    stage.client.workflow.execute<typeof retention>('retention', {
      workflowId: `retention-test/${archiveAfterMs}/${over}`,
      taskQueue: stage.queues.sagas,
      args: [{ archiveAfterMs }],
    });
  expect(await run(yearMs)).toBe(0);
  expect(await archivedOf(over)).toBe(0);
  expect(await run(0)).toBeGreaterThan(2);
  expect(await archivedOf(over)).toBeGreaterThan(1);
  expect(await archivedOf(open)).toBe(0);
});

test('a run takes up where the one before it left off', async () => {
  const handle = await stage.client.workflow.start<typeof retention>('retention', {
    workflowId: `retention-test/long/${Date.now()}`,
    taskQueue: stage.queues.sagas,
    args: [{ archiveAfterMs: yearMs, progress: { beforeMs: 0, kind: 'silences', moved: 41 } }],
  });
  expect(await handle.result()).toBe(41);
});

test('the schedule is made once, follows the configuration, and goes with it', async () => {
  const queue = stage.queues.sagas;
  const handle = stage.client.schedule.getHandle(retentionScheduleIdOf(queue));
  const ensure = (archiveAfterMs?: number) =>
    ensureRetentionSchedule(stage.client, {
      queue,
      everyMs: 3_600_000,
      ...(archiveAfterMs !== undefined && { archiveAfterMs }),
    });
  await ensure();
  await expect(handle.describe()).rejects.toThrow(ScheduleNotFoundError);
  await Promise.all([ensure(yearMs), ensure(yearMs), ensure(yearMs)]);
  await handle.pause('a human looks into it');
  await ensure(2 * yearMs);
  const described = await handle.describe();
  expect(described.action).toMatchObject({
    workflowType: 'retention',
    args: [{ archiveAfterMs: 2 * yearMs }],
  });
  expect(described.spec.intervals?.map(({ every }) => every)).toEqual([3_600_000]);
  expect(described.state.paused).toBe(true);
  await handle.unpause();
  await handle.trigger();
  const isDone = async () => {
    const { info } = await handle.describe();
    const [last] = info.recentActions;
    if (last === undefined) return undefined;
    const run = stage.client.workflow.getHandle(last.action.workflow.workflowId);
    return (await run.describe()).status.name === 'COMPLETED' ? true : undefined;
  };
  await eventually(isDone);
  await ensure();
  await expect(handle.describe()).rejects.toThrow(ScheduleNotFoundError);
});
