import type { Client } from '@temporalio/client';
import { projectionWorkflowIdOf } from '../domain/ids.ts';
import type { TaskQueues } from '../domain/incident/task-queues.ts';
import { limits } from '../domain/limits.ts';
import type { projection } from '../workflows/projection.ts';
import { isNotFound, toTocsinError } from './temporal-errors.ts';

export interface ProjectionClient {
  /** Asks the incident's projection to reach a version; coalesces, tries again, and never throws. */
  wake(incidentId: string, version: number): void;
  /** Waits for what is under way, at most `withinMs`. */
  close(withinMs: number): Promise<void>;
}

const firstDelayMs = 100;
const maxDelayMs = 10_000;
const restMs = 100;
const callTimeoutMs = 10_000;
const maxAttempts = 12;

/**
 * Wakes projections from outside the sagas' histories. What is lost when this process dies is found again by the
 * clock, which compares views with their streams.
 */
export interface ProjectionClientDeps {
  readonly client: Client;
  readonly queues: TaskQueues;
  readonly logger: { warn(details: object, message: string): void };
}

export function createProjectionClient({ client, queues, logger }: ProjectionClientDeps): ProjectionClient {
  const wanted = new Map<string, number>();
  const underWay = new Set<string>();
  const work = new Set<Promise<void>>();

  const signal = async (incidentId: string, version: number): Promise<void> => {
    const handle = client.workflow.getHandle(projectionWorkflowIdOf(incidentId));
    try {
      await handle.signal<[number]>('advance', version);
    } catch (error) {
      if (!isNotFound(error)) throw toTocsinError(error);
      await start(incidentId, version);
    }
  };

  const start = async (incidentId: string, version: number): Promise<void> => {
    await client.workflow.signalWithStart<typeof projection, [number]>('projection', {
      taskQueue: queues.projections,
      workflowId: projectionWorkflowIdOf(incidentId),
      args: [{ incidentId, version }],
      signal: 'advance',
      signalArgs: [version],
      workflowTaskTimeout: '2 seconds',
      staticSummary: `views of incident ${incidentId}`,
    });
  };

  /** Until nothing newer is wanted, or until the tries are spent. */
  const pursue = async (incidentId: string): Promise<void> => {
    let failures = 0;
    for (;;) {
      const version = wanted.get(incidentId);
      if (version === undefined || failures >= maxAttempts) break;
      try {
        await client.withDeadline(Date.now() + callTimeoutMs, () => signal(incidentId, version));
        if (wanted.get(incidentId) === version) wanted.delete(incidentId);
        failures = 0;
        // what is recorded in the next moment goes with one signal
        await pause(restMs);
      } catch (error) {
        logger.warn({ err: error, incidentId, version, failures }, 'projection not woken');
        await pause(Math.min(maxDelayMs, firstDelayMs * 2 ** failures) * (0.8 + 0.4 * Math.random()));
        failures += 1;
      }
    }
    wanted.delete(incidentId);
    underWay.delete(incidentId);
  };

  return {
    wake(incidentId, version) {
      if (wanted.size >= limits.maxPendingDispatch && !wanted.has(incidentId)) return;
      wanted.set(incidentId, Math.max(wanted.get(incidentId) ?? -1, version));
      if (underWay.has(incidentId)) return;
      underWay.add(incidentId);
      const pursuit: Promise<void> = pursue(incidentId).finally(() => work.delete(pursuit));
      work.add(pursuit);
    },
    async close(withinMs) {
      await Promise.race([Promise.all(work), pause(withinMs)]);
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
