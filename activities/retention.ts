import { hlcAt } from '../domain/hlc.ts';
import { limits } from '../domain/limits.ts';
import type { ArchiveKind } from '../domain/retention/archive-kind.ts';
import { moveToArchive } from '../store/archive.ts';
import type { Database } from '../store/database.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { findClosedAlerts, forgetArchivedAlerts } from '../views/closed-alerts.ts';
import { findClosedIncidents, markArchivedIncidents } from '../views/closed-incidents.ts';
import { findClosedSilences } from '../views/closed-silences.ts';
import type { ClosedOptions, ClosedPage } from '../views/closed-streams.ts';
import type { ArchiveRequest, RetentionActivities } from './activities.ts';

export interface RetentionDeps {
  readonly database: Database;
  readonly metrics: Metrics;
}

type Reader = Pick<Database, 'query'>;

interface Archiving {
  find(database: Reader, options: ClosedOptions): Promise<ClosedPage>;
  /** Once all streams of these ids have moved. */
  settle(database: Reader, ids: readonly string[]): Promise<void>;
  readonly pageSize: number;
}

/** An incident has some ten streams of its own, so fewer of them are looked at for one batch. */
const archivings: Readonly<Record<ArchiveKind, Archiving>> = {
  alerts: { find: findClosedAlerts, settle: forgetArchivedAlerts, pageSize: limits.maxArchiveStreams },
  incidents: {
    find: findClosedIncidents,
    settle: markArchivedIncidents,
    pageSize: limits.maxArchiveStreams / 5,
  },
  silences: { find: findClosedSilences, settle: async () => {}, pageSize: limits.maxArchiveStreams },
};

/**
 * Moves what is over. A batch that was cut short is looked at again from the same place; every step may be repeated,
 * so a worker may die between any two of them.
 */
export function createArchiveBatch({
  database,
  metrics,
}: RetentionDeps): RetentionActivities['archiveBatch'] {
  return async ({ kind, beforeMs, cursor }: ArchiveRequest) => {
    const { find, settle, pageSize } = archivings[kind];
    const after = cursor ?? '';
    const page = await find(database, { after, beforeHlc: hlcAt(beforeMs), limit: pageSize });
    const moved = await moveToArchive(database, page.streams);
    metrics.eventsArchived.inc({ kind }, moved);
    if (moved >= limits.maxArchiveEvents) return { moved, cursor: after };
    if (page.ids.length > 0) await settle(database, page.ids);
    return { moved, ...(page.cursor !== undefined && { cursor: page.cursor }) };
  };
}
