import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { beforeAll, expect, test } from 'vitest';
import { bundleWorkflows } from '../../workers/bundle.ts';
import { quietTemporal } from '../support/quiet-temporal.ts';
import { type RecordedHistory, readHistories } from './histories.ts';

const histories = readHistories();
beforeAll(quietTemporal);

async function errorsOfReplay(recorded: readonly RecordedHistory[], workflowBundle: { code: string }) {
  const errors: { workflowId: string; error: unknown }[] = [];
  let replayed = 0;
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, recorded)) {
    replayed += 1;
    if (error !== undefined) errors.push({ workflowId, error });
  }
  return { replayed, errors };
}

test('there are histories of each workflow', () => {
  const names = histories.map(({ workflowId }) => workflowId);
  expect(names.some((name) => name.startsWith('escalation-'))).toBe(true);
  expect(names.some((name) => name.startsWith('projection-'))).toBe(true);
});

test('every recorded history replays on the current code', async () => {
  const { replayed, errors } = await errorsOfReplay(histories, await bundleWorkflows());
  expect(errors).toEqual([]);
  expect(replayed).toBe(histories.length);
});

test('a workflow that does something else is found out', async () => {
  const workflowsPath = fileURLToPath(new URL('./incompatible/escalation.ts', import.meta.url));
  const sagas = histories.filter(({ workflowId }) => workflowId.startsWith('escalation-'));
  const { errors } = await errorsOfReplay(
    sagas,
    await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') }),
  );
  expect(errors.map(({ workflowId }) => workflowId)).toEqual(sagas.map(({ workflowId }) => workflowId));
  for (const { error } of errors) expect(String(error)).toMatch(/nondeterminism|DeterminismViolation/i);
});
