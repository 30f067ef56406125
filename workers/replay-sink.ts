import { limits } from '../domain/limits.ts';
import type { Database } from '../store/database.ts';
import { decodeRows, type UndecodableEvent } from '../store/decode-rows.ts';
import { eventLine } from '../store/event-line.ts';
import type { EventRow } from '../store/event-row.ts';
import { createRebuildAlertViews } from '../views/rebuild-alert-views.ts';
import { createRebuildIncidentViews, incidentIdOfStream } from '../views/rebuild-incident-views.ts';

/** Where a replay goes. */
export interface ReplaySink {
  /** Archived events belong into it too. */
  readonly withArchive: boolean;
  /** Takes one page; when it answers, all of it is where it belongs. */
  write(rows: readonly EventRow[]): Promise<{ readonly views: number }>;
}

/** JSON lines, one for each event, whether this release can decode it or not. */
export function createLineSink(write: (text: string) => Promise<void>): ReplaySink {
  return {
    withArchive: true,
    async write(rows) {
      let text = '';
      for (const row of rows) text += eventLine(row);
      await write(text);
      return { views: 0 };
    },
  };
}

/** The alert views, and those of every incident of which an event comes by, each rebuilt once from its whole stream. */
export function createViewSink(
  database: Database,
  onUndecodable: (event: UndecodableEvent) => void,
): ReplaySink {
  const rebuildAlerts = createRebuildAlertViews(database);
  const rebuildIncidents = createRebuildIncidentViews(database);
  const rebuilt = new Set<string>();

  function freshIncidents(rows: readonly EventRow[]): string[] {
    if (rebuilt.size > limits.maxKnownReplayed) rebuilt.clear();
    const fresh: string[] = [];
    for (const { stream_id } of rows) {
      const id = incidentIdOfStream(stream_id);
      if (id === undefined || rebuilt.has(id)) continue;
      rebuilt.add(id);
      fresh.push(id);
    }
    return fresh;
  }

  return {
    // an archived alert has no view, and an incident is read whole from wherever its events are
    withArchive: false,
    async write(rows) {
      const ofAlerts = rows.filter(({ stream_id }) => stream_id.startsWith('alert-'));
      const alerts = await rebuildAlerts(decodeRows(ofAlerts, onUndecodable));
      const { views, undecodable } = await rebuildIncidents(freshIncidents(rows));
      for (const event of undecodable) onUndecodable(event);
      return { views: alerts + views };
    },
  };
}
