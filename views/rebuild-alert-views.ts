import type { RecordedEvent } from '../domain/events/envelope.ts';
import { limits } from '../domain/limits.ts';
import type { Database } from '../store/database.ts';
import { type FoldedAlert, foldAlerts } from './alert-view-row.ts';
import { copyMissingAlertViews, mergeAlertViews } from './alert-view-table.ts';
import { findArchivedAlerts } from './closed-alerts.ts';

/** Writes the views of a page of alert events, and answers how many. */
export type RebuildAlertViews = (events: readonly RecordedEvent[]) => Promise<number>;

/**
 * Folds events of the log into the alert views once more, in any order and beside the servers that do so too: each row
 * keeps what is newer. Where views are missing they are copied in; once one was found, the rest is compared row by row.
 */
export function createRebuildAlertViews(database: Database): RebuildAlertViews {
  let mayBeEmpty = true;

  async function writeChunk(chunk: readonly FoldedAlert[]): Promise<void> {
    const rows = chunk.map(({ row }) => row);
    if (mayBeEmpty && chunk.every(({ isNew }) => isNew)) {
      try {
        await copyMissingAlertViews(database, rows);
        return;
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        mayBeEmpty = false;
      }
    }
    await mergeAlertViews(database, rows);
  }

  return async (events) => {
    const folded = await withoutArchived(database, foldAlerts(events));
    const chunks = chunksOf(folded, limits.maxViewBatch);
    // two at a time: PostgreSQL works on one while the other is made into text
    for (let start = 0; start < chunks.length; start += 2) {
      await Promise.all(chunks.slice(start, start + 2).map((chunk) => writeChunk(chunk)));
    }
    return folded.length;
  };
}

/** Of an archived alert nothing is left but its clear, and it has no view. */
async function withoutArchived(
  database: Database,
  folded: readonly FoldedAlert[],
): Promise<readonly FoldedAlert[]> {
  const clears = folded.filter(({ row, isNew }) => row.status === 'resolved' && !isNew);
  const archived = await findArchivedAlerts(
    database,
    clears.map(({ row }) => ({ stream: row.stream_id, version: row.version })),
  );
  return archived.size === 0 ? folded : folded.filter(({ row }) => !archived.has(row.stream_id));
}

function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** SQLSTATE 23505: a view is there already. */
function isDuplicate(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === '23505';
}
