import { type Client, WorkflowFailedError } from '@temporalio/client';
import { errorCodeOf } from '../domain/errors.ts';
import type { TaskQueues } from '../domain/incident/task-queues.ts';
import { limits } from '../domain/limits.ts';
import type { NotificationRequest } from '../domain/policy/notification.ts';
import type { TestPageResult } from '../domain/policy/test-page.ts';
import type { testPage } from '../workflows/test-page.ts';
import { toTocsinError } from './temporal-errors.ts';

/** Waits `limits.testPageAnswerMs` at most. Throws `engine_unavailable` where it could not even be begun. */
export type SendTestPage = (request: NotificationRequest) => Promise<TestPageResult>;

const unanswered: TestPageResult = { outcome: 'unanswered', reason: 'no worker answered in time' };

/** Test pages run as a workflow of their own each: only workers know how to send. */
export function createTestPageClient(client: Client, queues: TaskQueues): SendTestPage {
  return async (request) => {
    const deadlineMs = Date.now() + limits.testPageAnswerMs;
    const handle = await client
      .withDeadline(deadlineMs, () =>
        client.workflow.start<typeof testPage>('testPage', {
          taskQueue: queues.sagas,
          workflowId: `test/${request.key}`,
          args: [request],
          workflowExecutionTimeout: limits.testPageAnswerMs,
          workflowTaskTimeout: '2 seconds',
          staticSummary: `test page to ${request.channel}`,
          priority: { priorityKey: 5, fairnessKey: request.tenant },
        }),
      )
      .catch((error: unknown) => {
        throw toTocsinError(error);
      });
    try {
      return await client.withDeadline(deadlineMs, () => handle.result());
    } catch (error) {
      if (error instanceof WorkflowFailedError) return unanswered;
      const failure = toTocsinError(error);
      if (errorCodeOf(failure) === 'engine_unavailable') return unanswered;
      throw failure;
    }
  };
}
