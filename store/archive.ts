import { limits } from '../domain/limits.ts';
import type { Database } from './database.ts';

/** Events of a stream that nobody waits for any more. */
export interface ClosedStream {
  readonly stream: string;
  /** Versions below it move. A stream that may go on keeps its last event, so that its versions never begin anew. */
  readonly below: number;
}

const columns =
  'lane, position, stream_id, version, type, schema_version, event_id, hlc, data, metadata, recorded_at';
const movedColumns = columns.replaceAll(/(\w+)/g, 'e.$1');

/** One statement and so one commit: an event is in the log or in the archive, never in both and never in neither. */
const moveStatement = `
WITH closed AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS closed (stream_id text, below integer)
), due AS MATERIALIZED (
  SELECT e.lane, e.position FROM closed
  JOIN event_log e ON e.stream_id = closed.stream_id COLLATE "C" AND e.version < closed.below
  ORDER BY e.stream_id, e.version LIMIT $2
), moved AS (
  DELETE FROM event_log e USING due WHERE e.lane = due.lane AND e.position = due.position RETURNING ${movedColumns}
), archived AS (
  INSERT INTO events_archive (${columns}) SELECT ${columns} FROM moved RETURNING 1
)
SELECT count(*)::integer AS moved FROM archived`;

/**
 * Moves at most `limits.maxArchiveEvents` events, in the order of their streams' names and versions, and answers how
 * many. As many as that means that there may be more. What two runs move at once is moved once.
 */
export async function moveToArchive(
  database: Pick<Database, 'query'>,
  streams: readonly ClosedStream[],
): Promise<number> {
  if (streams.length === 0) return 0;
  const closed = streams.map(({ stream, below }) => ({ stream_id: stream, below }));
  const rows = await database.query<{ moved: number }>(moveStatement, [
    JSON.stringify(closed),
    limits.maxArchiveEvents,
  ]);
  return rows[0]?.moved ?? 0;
}
