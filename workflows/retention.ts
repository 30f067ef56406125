import { continueAsNew, log, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { RetentionActivities } from '../activities/activities.ts';
import { limits } from '../domain/limits.ts';
import { type ArchiveKind, archiveKinds } from '../domain/retention/archive-kind.ts';
import { workflowNowMs } from './clock.ts';

export interface RetentionInput {
  /** How long a stream must have been closed. */
  readonly archiveAfterMs: number;
  /** Where a run that continued as new goes on. */
  readonly progress?: RetentionProgress;
}

interface RetentionProgress {
  readonly beforeMs: number;
  readonly kind: ArchiveKind;
  readonly cursor?: string;
  readonly moved: number;
}

const { archiveBatch } = proxyActivities<RetentionActivities>({
  startToCloseTimeout: '30 seconds',
  heartbeatTimeout: '3 seconds',
  // half an hour of a database that is away; the next run of the schedule goes on from there
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 2,
    maximumInterval: '1 minute',
    maximumAttempts: 30,
  },
});

/** Moves closed streams to the archive, batch after batch, and answers how many events that were. */
export async function retention({ archiveAfterMs, progress }: RetentionInput): Promise<number> {
  let at: RetentionProgress = progress ?? {
    beforeMs: workflowNowMs() - archiveAfterMs,
    kind: archiveKinds[0],
    moved: 0,
  };
  for (let batches = 0; ; batches += 1) {
    if (batches >= limits.maxArchiveBatches || workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof retention>({ archiveAfterMs, progress: at });
    }
    const { kind, beforeMs } = at;
    const cursor = at.cursor === undefined ? {} : { cursor: at.cursor };
    const batch = await archiveBatch.executeWithOptions({ summary: `archives ${kind}` }, [
      { kind, beforeMs, ...cursor },
    ]);
    const moved = at.moved + batch.moved;
    if (batch.cursor !== undefined) {
      at = { beforeMs, kind, cursor: batch.cursor, moved };
      continue;
    }
    const next = archiveKinds[archiveKinds.indexOf(kind) + 1];
    if (next === undefined) {
      log.info('archived what is over', { moved });
      return moved;
    }
    at = { beforeMs, kind: next, moved };
  }
}
