import { ApplicationFailure, WorkflowUpdateFailedError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { isUnsettled, toTocsinError } from './temporal-errors.ts';

function failedUpdate(type: string): WorkflowUpdateFailedError {
  return new WorkflowUpdateFailedError(
    'Workflow Update failed',
    ApplicationFailure.nonRetryable('refused', type),
  );
}

test('a command that its run did not take, because it continued as new, is tried again', () => {
  expect(isUnsettled(failedUpdate('UnprocessedUpdate'))).toBe(true);
});

test('a refusal is the answer', () => {
  expect(isUnsettled(failedUpdate('incident_closed'))).toBe(false);
  expect(toTocsinError(failedUpdate('incident_closed'))).toMatchObject({ code: 'incident_closed' });
});
