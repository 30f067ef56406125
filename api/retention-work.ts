import type { Client } from '@temporalio/client';
import { ensureRetentionSchedule } from '../client/retention-schedule.ts';
import type { ConfigHolder } from '../config/config-holder.ts';
import { errorCodeOf } from '../domain/errors.ts';
import type { TaskQueues } from '../domain/incident/task-queues.ts';
import { limits } from '../domain/limits.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface RetentionWorkDeps {
  readonly client: Client;
  readonly queues: Pick<TaskQueues, 'sagas'>;
  readonly holder: Pick<ConfigHolder, 'current' | 'onChange'>;
  readonly logger: Logger;
  readonly retryMs?: number;
}

/** Keeps the schedule of the archive as the configuration has it, whenever the engine can be reached. */
export function startRetentionWork(deps: RetentionWorkDeps): { close(): Promise<void> } {
  const { client, queues, holder, logger, retryMs = limits.retentionRetryMs } = deps;
  let wanted: number | undefined;
  let isEnsured = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let working = Promise.resolve();

  const ensure = async (): Promise<void> => {
    const { archiveAfterMs } = holder.current().retention;
    const ensured = isEnsured && archiveAfterMs === wanted;
    if (ensured || isClosed) return;
    await ensureRetentionSchedule(client, {
      queue: queues.sagas,
      everyMs: limits.retentionEveryMs,
      ...(archiveAfterMs !== undefined && { archiveAfterMs }),
    });
    wanted = archiveAfterMs;
    isEnsured = true;
  };
  const work = (): void => {
    clearTimeout(timer);
    working = working.then(ensure).catch((error: unknown) => {
      logger.warn({ code: errorCodeOf(error) }, 'the schedule of the archive is not set');
      if (!isClosed) timer = setTimeout(work, retryMs).unref();
    });
  };
  const unsubscribe = holder.onChange(work);
  work();
  return {
    async close() {
      isClosed = true;
      unsubscribe();
      clearTimeout(timer);
      await working;
    },
  };
}
