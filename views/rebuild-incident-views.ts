import type { IncidentEvent } from '../domain/events/incident-events.ts';
import { incidentStreamOf } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import type { Database } from '../store/database.ts';
import { decodeRows, type UndecodableEvent } from '../store/decode-rows.ts';
import { type EventRow, eventColumns } from '../store/event-row.ts';
import { type IncidentDeliveries, writeDeliveryViews } from './delivery-view-table.ts';
import { type DeliveryChanges, foldDelivery } from './fold-deliveries.ts';
import { type FoldedIncident, foldEvent } from './fold-incident.ts';
import { writeIncidentViews } from './incident-view-table.ts';

const prefix = 'incident-';

/** One statement, so that a stream that moves to the archive meanwhile is seen whole. */
const streamsStatement = `
SELECT * FROM (
  SELECT ${eventColumns} FROM event_log e WHERE e.stream_id = ANY($1::text[])
  UNION ALL
  SELECT ${eventColumns} FROM events_archive e WHERE e.stream_id = ANY($1::text[])
) AS streams ORDER BY stream_id, version`;

/** Rebuilds views of incidents from their streams, at most `limits.maxRebuiltIncidents` at once. */
export type RebuildIncidentViews = (incidentIds: readonly string[]) => Promise<RebuiltIncidents>;

export interface RebuiltIncidents {
  readonly views: number;
  /** Their incidents keep the views that they have. */
  readonly undecodable: readonly UndecodableEvent[];
}

export function createRebuildIncidentViews(database: Pick<Database, 'query'>): RebuildIncidentViews {
  return async (incidentIds) => {
    const undecodable: UndecodableEvent[] = [];
    let views = 0;
    for (let start = 0; start < incidentIds.length; start += limits.maxRebuiltIncidents) {
      const streams = incidentIds.slice(start, start + limits.maxRebuiltIncidents).map(incidentStreamOf);
      const folded = await foldStreams(database, streams, (event) => undecodable.push(event));
      await writeDeliveryViews(database, folded.map(deliveriesOf));
      if (folded.length > 0)
        await writeIncidentViews(
          database,
          folded.map((one) => one.state),
        );
      views += folded.length;
    }
    return { views, undecodable };
  };
}

async function foldStreams(
  database: Pick<Database, 'query'>,
  streams: readonly string[],
  onUndecodable: (event: UndecodableEvent) => void,
): Promise<RebuiltIncident[]> {
  const rows = await database.query<EventRow>(streamsStatement, [streams]);
  const unreadable = new Set<string>();
  const events = decodeRows(rows, (event) => {
    unreadable.add(event.stream);
    onUndecodable(event);
  });
  const states = new Map<string, RebuiltIncident>();
  for (const { stream, version, body } of events) {
    if (unreadable.has(stream)) continue;
    // only sagas write these streams, and the store has checked each body against its schema
    const event = body as IncidentEvent;
    const { state, changes } = states.get(stream) ?? { state: undefined, changes: new Map() };
    foldDelivery(changes, version, event);
    states.set(stream, { state: foldEvent(state, version, event), changes });
  }
  return [...states.values()];
}

interface RebuiltIncident {
  readonly state: FoldedIncident;
  readonly changes: DeliveryChanges;
}

function deliveriesOf({ state, changes }: RebuiltIncident): IncidentDeliveries {
  return { tenant: state.incident.tenant, incidentId: state.incident.id, changes };
}

/** The incident that a stream belongs to, if it is one's. */
export function incidentIdOfStream(stream: string): string | undefined {
  return stream.startsWith(prefix) ? stream.slice(prefix.length) : undefined;
}
