import type { Database } from '../store/database.ts';
import { type ClosedOptions, type ClosedPage, consumedLanes, laneTails } from './closed-streams.ts';

/** All of the alert's events are where every reader of the lanes has been, and none of them is parked or newer. */
const pageStatement = `
WITH page AS MATERIALIZED (
  SELECT stream_id, version, status, updated_hlc FROM alert_views WHERE stream_id > $1 ORDER BY stream_id LIMIT $3
), tails AS MATERIALIZED (${laneTails}), consumed AS MATERIALIZED (${consumedLanes})
SELECT page.stream_id, page.version,
  page.status = 'resolved' AND page.version > 0 AND page.updated_hlc < $2
  AND NOT EXISTS (SELECT FROM parked_events AS parked WHERE parked.stream_id = page.stream_id)
  AND NOT EXISTS (SELECT FROM tails
        WHERE tails.stream_id = page.stream_id AND tails.version < page.version)
  AND NOT EXISTS (SELECT FROM event_log AS e LEFT JOIN consumed ON consumed.lane = e.lane
        WHERE e.stream_id = page.stream_id
          AND (e.version > page.version OR e.position > coalesce(consumed.position, -1))) AS closed
FROM page ORDER BY page.stream_id`;

/**
 * Alerts that have been resolved for so long, by the alert views. Their last event stays in the log: it is what the
 * next firing is decided on, and its version is the one that the stream goes on from.
 */
export async function findClosedAlerts(
  database: Pick<Database, 'query'>,
  { after, beforeHlc, limit }: ClosedOptions,
): Promise<ClosedPage> {
  const rows = await database.query<{ stream_id: string; version: number; closed: boolean }>(pageStatement, [
    after,
    beforeHlc,
    limit,
  ]);
  const closed = rows.filter((row) => row.closed);
  const last = rows.at(-1);
  return {
    streams: closed.map(({ stream_id, version }) => ({ stream: stream_id, below: version })),
    ids: closed.map(({ stream_id }) => stream_id),
    ...(last !== undefined && rows.length === limit && { cursor: last.stream_id }),
  };
}

/** SQL: the alert's last event is its clear, and all that came before is archived. */
export const isArchivedAlert = `
  NOT EXISTS (SELECT FROM event_log AS later WHERE later.stream_id = asked.stream_id AND later.version > asked.version)
  AND EXISTS (SELECT FROM events_archive AS e
        WHERE e.stream_id = asked.stream_id AND e.version = asked.version - 1)
  AND NOT EXISTS (SELECT FROM event_log AS e
        WHERE e.stream_id = asked.stream_id AND e.version = asked.version - 1)`;

/** Takes archived alerts out of the views; one that fires again meanwhile stays. */
export async function forgetArchivedAlerts(
  database: Pick<Database, 'query'>,
  streams: readonly string[],
): Promise<void> {
  await database.query(
    `DELETE FROM alert_views AS asked
     WHERE asked.stream_id = ANY($1::text[]) AND asked.status = 'resolved' AND ${isArchivedAlert}`,
    [streams],
  );
}

/** Which of these clears, each by its stream and version, are all that is left of an archived alert. */
export async function findArchivedAlerts(
  database: Pick<Database, 'query'>,
  clears: readonly { readonly stream: string; readonly version: number }[],
): Promise<ReadonlySet<string>> {
  if (clears.length === 0) return new Set();
  const asked = clears.map(({ stream, version }) => ({ stream_id: stream, version }));
  const rows = await database.query<{ stream_id: string }>(
    `SELECT asked.stream_id FROM (
       SELECT stream_id COLLATE "C" AS stream_id, version
       FROM json_to_recordset($1::json) AS rows (stream_id text, version integer)
     ) AS asked WHERE ${isArchivedAlert}`,
    [JSON.stringify(asked)],
  );
  return new Set(rows.map(({ stream_id }) => stream_id));
}
