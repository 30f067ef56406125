import { errorCodeOf } from '../domain/errors.ts';
import type { RecordedEvent } from '../domain/events/envelope.ts';
import { type EventRow, toRecordedEvent } from './event-row.ts';

/** A stored event that this release cannot read: park it with its reason. */
export interface UndecodableEvent {
  readonly lane: number;
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  readonly schemaVersion: number;
  readonly reason: string;
}

/** The events of these rows in their order, without those that `onUndecodable` is told of. */
export function decodeRows(
  rows: readonly EventRow[],
  onUndecodable: (event: UndecodableEvent) => void,
): RecordedEvent[] {
  const events: RecordedEvent[] = [];
  for (const row of rows) {
    try {
      events.push(toRecordedEvent(row));
    } catch (error) {
      if (errorCodeOf(error) !== 'undecodable_event') throw error;
      onUndecodable(undecodableOf(row, error));
    }
  }
  return events;
}

function undecodableOf(row: EventRow, error: unknown): UndecodableEvent {
  return {
    lane: row.lane,
    position: Number(row.position),
    stream: row.stream_id,
    version: row.version,
    type: row.type,
    schemaVersion: row.schema_version,
    reason: (error as Error).message,
  };
}
