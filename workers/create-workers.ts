import { type NativeConnection, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type {
  NotifierActivities,
  ProjectionActivities,
  RetentionActivities,
  SagaActivities,
} from '../activities/activities.ts';
import type { TaskQueues } from '../domain/incident/task-queues.ts';
import { availableMemoryBytes, cachedWorkflowsFor } from './cached-workflows.ts';
import { deploymentOptionsOf, type WorkerBuild } from './deployment-options.ts';
import { providerRateOf } from './provider-rates.ts';
import { workerLimits } from './worker-limits.ts';

export interface WorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly queues: TaskQueues;
  readonly workflowBundle: WorkflowBundleWithSourceMap;
  readonly activities: SagaActivities & ProjectionActivities & NotifierActivities & RetentionActivities;
  /**
   * Two task queues each, so that a slow provider delays nobody else's pages, and edits delay no page. Also those that no
   * channel uses: an open incident may still page one that the configuration has dropped, and a reload may add one.
   */
  readonly providers: readonly string[];
  /** Absent: no worker versioning. */
  readonly build?: WorkerBuild;
}

/** The Temporal workers of one process: sagas, projections, and two for each provider. */
export async function createWorkers(options: WorkersOptions): Promise<Worker[]> {
  const { connection, namespace, queues, workflowBundle, activities } = options;
  const { record, recall, countFiring, resolveStep, project, notify, archiveBatch } = activities;
  const shared = { connection, namespace, shutdownGraceTime: workerLimits.shutdownGraceMs };
  const workflowWorker = {
    ...shared,
    workflowBundle,
    stickyQueueScheduleToStartTimeout: workerLimits.stickyTimeoutMs,
    maxCachedWorkflows: cachedWorkflowsFor(availableMemoryBytes()),
  };
  return Promise.all([
    Worker.create({
      ...workflowWorker,
      ...deploymentOptionsOf(options.build, 'sagas'),
      taskQueue: queues.sagas,
      activities: { record, recall, countFiring, resolveStep, archiveBatch },
    }),
    Worker.create({
      ...workflowWorker,
      ...deploymentOptionsOf(options.build, 'projections'),
      taskQueue: queues.projections,
      activities: { project },
    }),
    ...options.providers.flatMap((provider) => {
      const rate = providerRateOf(provider);
      const sending = {
        ...shared,
        activities: { notify },
        ...(rate !== undefined && { maxTaskQueueActivitiesPerSecond: rate }),
      };
      return [
        Worker.create({
          ...sending,
          taskQueue: queues.notify(provider),
          maxConcurrentActivityTaskExecutions: workerLimits.maxConcurrentSends,
        }),
        Worker.create({
          ...sending,
          taskQueue: queues.edits(provider),
          maxConcurrentActivityTaskExecutions: workerLimits.maxConcurrentEdits,
        }),
      ];
    }),
  ]);
}
