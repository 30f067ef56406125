import type { Database } from '../store/database.ts';
import { type ClosedOptions, type ClosedPage, laneTails } from './closed-streams.ts';

/**
 * The incident's stream and those of its notifications. A page that was delivered is never sent again under its key,
 * so its stream moves whole; one that was not may still be redelivered, and keeps its last event.
 */
const pageStatement = `
WITH page AS MATERIALIZED (
  SELECT incident_id, version FROM incident_views
  WHERE state = 'resolved' AND NOT archived AND incident_id > $1 ORDER BY incident_id LIMIT $3
), tails AS MATERIALIZED (${laneTails}), streams AS MATERIALIZED (
  SELECT incident_id, 'incident-' || incident_id AS stream_id FROM page
  UNION
  SELECT incident_id, 'delivery-' || (requested.data::json ->> 'key') FROM page JOIN event_log AS requested
    ON requested.stream_id = 'incident-' || incident_id AND requested.type = 'NotificationRequested'
), heads AS MATERIALIZED (
  SELECT streams.incident_id, streams.stream_id, head.version, head.hlc,
    CASE WHEN head.outcome = 'delivered' THEN head.version + 1 ELSE head.version END AS below
  FROM streams CROSS JOIN LATERAL (
    SELECT version, hlc, data::json ->> 'outcome' AS outcome FROM event_log
    WHERE event_log.stream_id = streams.stream_id COLLATE "C" ORDER BY version DESC LIMIT 1
  ) AS head
), judged AS MATERIALIZED (
  SELECT incident_id, bool_and(hlc < $2
    AND NOT EXISTS (SELECT FROM parked_events AS parked WHERE parked.stream_id = heads.stream_id COLLATE "C")
    AND NOT EXISTS (SELECT FROM tails
          WHERE tails.stream_id = heads.stream_id COLLATE "C" AND tails.version < heads.below)) AS closed
  FROM heads GROUP BY incident_id
)
SELECT page.incident_id, heads.stream_id, heads.below, coalesce(judged.closed, false)
  AND EXISTS (SELECT FROM heads AS own
        WHERE own.stream_id = 'incident-' || page.incident_id AND own.version = page.version) AS closed
FROM page LEFT JOIN judged USING (incident_id) LEFT JOIN heads USING (incident_id)
ORDER BY page.incident_id`;

interface IncidentRow {
  readonly incident_id: string;
  readonly stream_id: string | null;
  readonly below: number | null;
  readonly closed: boolean;
}

const noIncident = '00000000-0000-0000-0000-000000000000';

/**
 * Incidents that have been over for so long, with their notifications. The incident's last event stays, so that no
 * late message can open it anew; its view stays too, and its timeline is read from the archive.
 */
export async function findClosedIncidents(
  database: Pick<Database, 'query'>,
  { after, beforeHlc, limit }: ClosedOptions,
): Promise<ClosedPage> {
  const rows = await database.query<IncidentRow>(pageStatement, [after || noIncident, beforeHlc, limit]);
  const closed = rows.filter((row) => row.closed);
  const seen = new Set(rows.map(({ incident_id }) => incident_id));
  const last = rows.at(-1);
  return {
    streams: closed.flatMap(({ stream_id, below }) =>
      stream_id === null || below === null ? [] : [{ stream: stream_id, below }],
    ),
    ids: [...new Set(closed.map(({ incident_id }) => incident_id))],
    ...(last !== undefined && seen.size === limit && { cursor: last.incident_id }),
  };
}

/** So that they are not looked at again. */
export async function markArchivedIncidents(
  database: Pick<Database, 'query'>,
  incidentIds: readonly string[],
): Promise<void> {
  await database.query('UPDATE incident_views SET archived = true WHERE incident_id = ANY($1::uuid[])', [
    incidentIds,
  ]);
}
