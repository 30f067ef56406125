import type { RecordedEvent } from '../domain/events/envelope.ts';
import type { Database } from './database.ts';
import { decodeRows, type UndecodableEvent } from './decode-rows.ts';
import { type EventRow, eventColumns } from './event-row.ts';

export interface OverrideQuery {
  /** Only those that end later; milliseconds since 1970. */
  readonly endAfterMs: number;
  onUndecodable(event: UndecodableEvent): void;
}

/** The last event of each override's stream, in no order. What cannot be read keeps no other waiting. */
export async function readOverrideHeads(
  database: Pick<Database, 'query'>,
  { endAfterMs, onUndecodable }: OverrideQuery,
): Promise<readonly RecordedEvent[]> {
  // instants in events are ISO 8601 in UTC with milliseconds, so they compare as text
  const rows = await database.query<EventRow>(
    `SELECT ${eventColumns} FROM (
       SELECT DISTINCT ON (stream_id) * FROM event_log
       WHERE stream_id >= 'override-' AND stream_id < 'override.' ORDER BY stream_id, version DESC
     ) AS e WHERE coalesce(e.data::json -> 'override' ->> 'endsAt' > $1, true)`,
    [new Date(endAfterMs).toISOString()],
  );
  return decodeRows(rows, onUndecodable);
}
