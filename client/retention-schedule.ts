import {
  type Client,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type ScheduleOptions,
  type ScheduleOptionsStartWorkflowAction,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import type { retention } from '../workflows/retention.ts';
import { toTocsinError } from './temporal-errors.ts';

export interface RetentionScheduleOptions {
  /** The sagas' queue: its workers know the workflow and its activity. */
  readonly queue: string;
  /** How often closed streams are looked for. */
  readonly everyMs: number;
  /** How long a stream must have been closed; absent: nothing is ever archived, and the schedule goes. */
  readonly archiveAfterMs?: number;
}

type Definition = ScheduleOptions<ScheduleOptionsStartWorkflowAction<typeof retention>>;

const callTimeoutMs = 10_000;

/** One per deployment: the queue's name begins with the deployment's. */
export function retentionScheduleIdOf(queue: string): string {
  return `retention/${queue}`;
}

/**
 * Makes the schedule of the archive what the configuration says; any number of servers may do so at once, whenever
 * they start and whenever the configuration changes. Throws `engine_unavailable`: then try again later, nothing
 * depends on it meanwhile.
 */
export async function ensureRetentionSchedule(
  client: Client,
  options: RetentionScheduleOptions,
): Promise<void> {
  try {
    await client.withDeadline(Date.now() + callTimeoutMs, () => ensure(client, options));
  } catch (error) {
    throw toTocsinError(error);
  }
}

async function ensure(client: Client, options: RetentionScheduleOptions): Promise<void> {
  const scheduleId = retentionScheduleIdOf(options.queue);
  const { archiveAfterMs } = options;
  if (archiveAfterMs === undefined) return remove(client, scheduleId);
  const definition = definitionOf(scheduleId, { ...options, archiveAfterMs });
  try {
    await client.schedule.create(definition);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    // A human may have paused it: that stays, and only what tocsin decides is renewed.
    const { spec, action, policies } = definition;
    await client.schedule
      .getHandle(scheduleId)
      .update<typeof retention>(({ state }) => ({ spec, action, state, ...(policies && { policies }) }));
  }
}

async function remove(client: Client, scheduleId: string): Promise<void> {
  try {
    await client.schedule.getHandle(scheduleId).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}

function definitionOf(
  scheduleId: string,
  { queue, everyMs, archiveAfterMs }: Required<RetentionScheduleOptions>,
): Definition {
  return {
    scheduleId,
    spec: { intervals: [{ every: everyMs }] },
    // A long run is not overtaken, and what was missed while the engine was away is one run's work, not many.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
    action: {
      type: 'startWorkflow',
      workflowType: 'retention',
      workflowId: scheduleId,
      taskQueue: queue,
      args: [{ archiveAfterMs }],
      staticSummary: 'archive of closed streams',
    },
  };
}
