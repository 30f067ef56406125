import { TocsinError } from '../domain/errors.ts';
import { decodeEvent } from '../domain/events/decode.ts';
import type { EventMetadata, RecordedEvent } from '../domain/events/envelope.ts';

/** A row of `events` as `pg` answers it for `eventColumns`. */
export interface EventRow {
  readonly lane: number;
  readonly position: string;
  readonly stream_id: string;
  readonly version: number;
  readonly type: string;
  readonly schema_version: number;
  readonly event_id: string;
  readonly hlc: string;
  readonly data: string;
  readonly metadata: string;
  readonly recorded_at: Date;
}

export const eventColumns =
  'e.lane, e.position, e.stream_id, e.version, e.type, e.schema_version, e.event_id, e.hlc, e.data, e.metadata, e.recorded_at';

/** Throws `undecodable_event`. */
export function toRecordedEvent(row: EventRow): RecordedEvent {
  return {
    lane: row.lane,
    position: Number(row.position),
    stream: row.stream_id,
    version: row.version,
    eventId: row.event_id,
    hlc: row.hlc,
    recordedAt: row.recorded_at.toISOString(),
    body: decodeEvent({
      type: row.type,
      schemaVersion: row.schema_version,
      data: parse(row.data, row),
    }),
    metadata: parse(row.metadata, row) as EventMetadata,
  };
}

/** The columns are text: nothing but us says that they hold JSON. */
function parse(text: string, { type }: EventRow): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TocsinError('undecodable_event', { detail: `${type}: what is stored is no JSON`, cause });
  }
}
