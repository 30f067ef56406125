import type { TemporalClient } from '../client/connect.ts';
import type { ConfigHolder } from '../config/config-holder.ts';
import type { TaskQueues } from '../domain/incident/task-queues.ts';
import type { Database } from '../store/database.ts';
import type { LaneWriter } from '../store/lane-writer.ts';
import type { RedisTier } from '../views/cache/redis-tier.ts';
import type { PartState } from './ports.ts';
import type { Probe } from './readiness.ts';

export interface ProbesDeps {
  readonly database: Pick<Database, 'query'>;
  readonly writer: Pick<LaneWriter, 'isHealthy'>;
  readonly temporal: TemporalClient;
  readonly queues: TaskQueues;
  readonly redis: RedisTier | undefined;
  readonly config: Pick<ConfigHolder, 'lastProblem'>;
}

/** `TASK_QUEUE_TYPE_WORKFLOW` of Temporal's API. */
const workflowQueue = 1;

/** The parts that `/readyz` looks at. A probe that throws means `down`. */
export function createProbes({ database, writer, temporal, queues, redis, config }: ProbesDeps) {
  const { client, namespace } = temporal;
  const postgres = async (): Promise<PartState> => {
    await database.query('SELECT 1');
    return 'ok';
  };
  const lane: Probe = () => (writer.isHealthy() ? 'ok' : 'down');
  const engine = async (): Promise<PartState> => {
    await client.workflowService.getSystemInfo({});
    return 'ok';
  };
  const worker = async (): Promise<PartState> => {
    const taskQueue = { name: queues.sagas };
    const described = await client.workflowService.describeTaskQueue({
      namespace,
      taskQueue,
      taskQueueType: workflowQueue,
    });
    return (described.pollers ?? []).length > 0 ? 'ok' : 'down';
  };
  const cache: Probe = () => {
    if (redis === undefined) return 'off';
    return redis.isReady() ? 'ok' : 'degraded';
  };
  /** Files that cannot be used change nothing: what ran before runs on. */
  const file: Probe = () => (config.lastProblem() === undefined ? 'ok' : 'degraded');
  return {
    required: { postgres, lane },
    warmUp: { temporal: engine, worker },
    reported: { redis: cache, config: file },
  };
}
