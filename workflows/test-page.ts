import { ActivityFailure, ApplicationFailure, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { NotifierActivities } from '../activities/activities.ts';
import { cutText } from '../domain/alert/alert.ts';
import { taskQueuesBeside } from '../domain/incident/task-queues.ts';
import { limits } from '../domain/limits.ts';
import type { NotificationRequest } from '../domain/policy/notification.ts';
import type { TestPageResult } from '../domain/policy/test-page.ts';

/** Sends one page once, by the worker that holds the way to send it, and answers what came of it. */
export async function testPage(request: NotificationRequest): Promise<TestPageResult> {
  const { notify } = proxyActivities<NotifierActivities>({
    taskQueue: taskQueuesBeside(workflowInfo().taskQueue).notify(request.provider),
    scheduleToCloseTimeout: limits.testPageTimeoutMs,
    startToCloseTimeout: limits.testPageTimeoutMs,
    heartbeatTimeout: '3 seconds',
    retry: { maximumAttempts: 1 },
    summary: `test page to ${request.channel}`,
  });
  try {
    await notify(request);
    return { outcome: 'delivered' };
  } catch (error) {
    return failed(error);
  }
}

const outcomes: readonly unknown[] = ['retry', 'rejected', 'unknown'] satisfies TestPageResult['outcome'][];

/** The activity's failure tells the outcome of its attempt; what is no answer of its own is a timeout. */
function failed(error: unknown): TestPageResult {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (!(cause instanceof ApplicationFailure))
    return { outcome: 'unanswered', reason: 'no worker sent it in time' };
  const told = [cause.details?.[1], cause.type].find((word) => outcomes.includes(word));
  return {
    outcome: (told as TestPageResult['outcome'] | undefined) ?? 'retry',
    reason: cutText(cause.message, 512),
  };
}
