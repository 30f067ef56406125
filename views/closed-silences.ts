import { hlcMs } from '../domain/hlc.ts';
import type { Database } from '../store/database.ts';
import { type ClosedOptions, type ClosedPage, laneTails } from './closed-streams.ts';

const pageStatement = `
WITH tails AS MATERIALIZED (${laneTails}), page AS MATERIALIZED (
  SELECT DISTINCT ON (stream_id) stream_id, version, hlc, data::json -> 'silence' ->> 'endsAt' AS ends_at FROM event_log
  WHERE stream_id > $1 AND stream_id < 'silence.' ORDER BY stream_id, version DESC LIMIT $4
)
SELECT stream_id, version, hlc < $2 AND coalesce(ends_at < $3, false)
  AND NOT EXISTS (SELECT FROM parked_events AS parked WHERE parked.stream_id = page.stream_id)
  AND NOT EXISTS (SELECT FROM tails WHERE tails.stream_id = page.stream_id) AS closed
FROM page ORDER BY stream_id`;

/** Silences that ended so long ago. A silence that has ended never goes on, so its stream moves whole. */
export async function findClosedSilences(
  database: Pick<Database, 'query'>,
  { after, beforeHlc, limit }: ClosedOptions,
): Promise<ClosedPage> {
  // instants in events are ISO 8601 in UTC with milliseconds, so they compare as text
  const endedBefore = new Date(hlcMs(beforeHlc)).toISOString();
  const rows = await database.query<{ stream_id: string; version: number; closed: boolean }>(pageStatement, [
    after || 'silence-',
    beforeHlc,
    endedBefore,
    limit,
  ]);
  const closed = rows.filter((row) => row.closed);
  const last = rows.at(-1);
  return {
    streams: closed.map(({ stream_id, version }) => ({ stream: stream_id, below: version + 1 })),
    ids: closed.map(({ stream_id }) => stream_id),
    ...(last !== undefined && rows.length === limit && { cursor: last.stream_id }),
  };
}
