import { type NativeConnection, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type {
  NotifierActivities,
  ProjectionActivities,
  RetentionActivities,
  SagaActivities,
} from '../activities/activities.ts';
import type { TaskQueues } from '../domain/incident/task-queues.ts';
import { workerLimits } from './worker-limits.ts';

export interface WorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly queues: TaskQueues;
  readonly workflowBundle: WorkflowBundleWithSourceMap;
  readonly activities: SagaActivities & ProjectionActivities & NotifierActivities & RetentionActivities;
  /** One task queue each, so that a slow provider delays nobody else's pages. */
  readonly providers: readonly string[];
}

/** The Temporal workers of one process: sagas, projections, and one for each provider. */
export async function createWorkers(options: WorkersOptions): Promise<Worker[]> {
  const { connection, namespace, queues, workflowBundle, activities } = options;
  const { record, countFiring, project, notify, archiveBatch } = activities;
  const shared = { connection, namespace, shutdownGraceTime: workerLimits.shutdownGraceMs };
  const workflowWorker = {
    ...shared,
    workflowBundle,
    stickyQueueScheduleToStartTimeout: workerLimits.stickyTimeoutMs,
    maxCachedWorkflows: workerLimits.maxCachedWorkflows,
  };
  return Promise.all([
    Worker.create({
      ...workflowWorker,
      taskQueue: queues.sagas,
      activities: { record, countFiring, archiveBatch },
    }),
    Worker.create({ ...workflowWorker, taskQueue: queues.projections, activities: { project } }),
    ...options.providers.map((provider) =>
      Worker.create({
        ...shared,
        taskQueue: queues.notify(provider),
        activities: { notify },
        maxConcurrentActivityTaskExecutions: workerLimits.maxConcurrentSends,
      }),
    ),
  ]);
}
