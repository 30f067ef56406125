import type { Client } from 'pg';
import type { AppendBatch, BatchEntry } from './append-batch.ts';

/**
 * A stream's chain is judged as a whole: with `ON CONFLICT DO NOTHING`, a stale request for versions 5 and 6 of
 * a stream whose head is 5 would lose its 5 and insert its 6. The order of insertion is the same for
 * every writer, so that none deadlocks with another.
 */
const statement = `
WITH input AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS r (
    lane smallint, position bigint, stream_id text COLLATE "C", version integer, type text,
    schema_version smallint, event_id uuid, hlc bigint, data json, metadata json, recorded_at timestamptz)
), firsts AS (
  SELECT stream_id, min(version) AS version FROM input GROUP BY stream_id
), stale AS MATERIALIZED (
  SELECT f.stream_id FROM firsts f WHERE f.version <> 1 + coalesce(
    (SELECT e.version FROM event_log e WHERE e.stream_id = f.stream_id ORDER BY e.version DESC LIMIT 1), -1)
), appended AS (
  INSERT INTO event_log (lane, position, stream_id, version, type, schema_version, event_id, hlc, data, metadata, recorded_at)
  SELECT lane, position, stream_id, version, type, schema_version, event_id, hlc, data, metadata, recorded_at
  FROM input WHERE stream_id NOT IN (SELECT stream_id FROM stale)
  ORDER BY stream_id, version
)
SELECT stream_id FROM stale`;

/**
 * Writes a batch in one statement that checks each stream's head, and answers the streams that were stale:
 * nothing of theirs was written. SQLSTATE 23505 still happens when another writer commits meanwhile.
 */
export async function strictAppend(client: Client, batch: AppendBatch): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ stream_id: string }>({
    name: 'strict_append',
    text: statement,
    values: [strictParameter(batch)],
  });
  return new Set(rows.map(({ stream_id }) => stream_id));
}

function strictParameter({ entries }: AppendBatch): string {
  return `[${entries.flatMap(entryRows).join(',')}]`;
}

/** Data and metadata are JSON already and go in as they are. */
function entryRows({ pending, events }: BatchEntry): string[] {
  return events.map((event, index) => {
    const serialised = pending.events[index];
    if (serialised === undefined) throw new Error('an event was not serialised');
    const columns = JSON.stringify({
      lane: event.lane,
      position: event.position,
      stream_id: event.stream,
      version: event.version,
      type: event.body.type,
      schema_version: serialised.schemaVersion,
      event_id: event.eventId,
      hlc: event.hlc,
      recorded_at: event.recordedAt,
    });
    return `${columns.slice(0, -1)},"data":${serialised.data},"metadata":${serialised.metadataText}}`;
  });
}
