import { errorCodeOf, TocsinError } from '../domain/errors.ts';
import type { RecordedEvent } from '../domain/events/envelope.ts';
import { limits } from '../domain/limits.ts';
import type { Database } from './database.ts';
import { type EventRow, eventColumns, toRecordedEvent } from './event-row.ts';

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

export interface LanePage {
  readonly events: RecordedEvent[];
  readonly undecodable: UndecodableEvent[];
  /** Where the next page begins: pass it as `afterPosition`. Unchanged when nothing was found. */
  readonly lastPosition: number;
}

/** Reads the event log. Every read throws `store_unavailable` when the database is away. */
export interface EventLog {
  /** In order of version; at most `limits.maxReadEvents`. Throws `undecodable_event`. */
  readStream(
    stream: string,
    options?: { readonly afterVersion?: number; readonly limit?: number },
  ): Promise<RecordedEvent[]>;
  /**
   * The last event of each stream that has any, in one query. An undecodable head throws
   * `undecodable_event`, unless `onUndecodable` takes it: then that stream alone is left out.
   */
  readHeads(
    streams: readonly string[],
    onUndecodable?: (event: UndecodableEvent) => void,
  ): Promise<Map<string, RecordedEvent>>;
  /** The version of each stream's last event; streams without events are left out. */
  readVersions(streams: readonly string[]): Promise<Map<string, number>>;
  /** In order of position; what cannot be decoded is listed apart and blocks nothing. */
  readLane(
    lane: number,
    options: { readonly afterPosition: number; readonly limit: number },
  ): Promise<LanePage>;
  /** The highest position of a lane, -1 when it is empty. */
  readLaneTail(lane: number): Promise<number>;
}

export function createEventLog(database: Pick<Database, 'query'>): EventLog {
  return {
    async readStream(stream, { afterVersion = -1, limit = limits.maxReadEvents } = {}) {
      const rows = await database.query<EventRow>(
        `SELECT ${eventColumns} FROM events e WHERE e.stream_id = $1 AND e.version > $2 ORDER BY e.version LIMIT $3`,
        [stream, afterVersion, Math.min(limit, limits.maxReadEvents)],
      );
      return decodeAll(rows, refuse);
    },

    async readHeads(streams, onUndecodable = refuse) {
      const rows = await database.query<EventRow>(
        `SELECT ${eventColumns} FROM unnest($1::text[]) AS wanted (stream_id) CROSS JOIN LATERAL (
           SELECT * FROM events e WHERE e.stream_id = wanted.stream_id COLLATE "C" ORDER BY e.version DESC LIMIT 1
         ) e`,
        [[...new Set(streams)]],
      );
      const events = decodeAll(rows, onUndecodable);
      return new Map(events.map((event) => [event.stream, event]));
    },

    async readVersions(streams) {
      const rows = await database.query<{ stream_id: string; version: number }>(
        `SELECT e.stream_id, e.version FROM unnest($1::text[]) AS wanted (stream_id) CROSS JOIN LATERAL (
           SELECT stream_id, version FROM events e WHERE e.stream_id = wanted.stream_id COLLATE "C"
           ORDER BY e.version DESC LIMIT 1
         ) e`,
        [[...new Set(streams)]],
      );
      return new Map(rows.map(({ stream_id, version }) => [stream_id, version]));
    },

    async readLane(lane, { afterPosition, limit }) {
      const rows = await database.query<EventRow>(
        `SELECT ${eventColumns} FROM events e WHERE e.lane = $1 AND e.position > $2 ORDER BY e.position LIMIT $3`,
        [lane, afterPosition, Math.min(limit, limits.maxReadEvents)],
      );
      const undecodable: UndecodableEvent[] = [];
      const events = decodeAll(rows, (event) => undecodable.push(event));
      return { events, undecodable, lastPosition: Number(rows.at(-1)?.position ?? afterPosition) };
    },

    async readLaneTail(lane) {
      const rows = await database.query<{ tail: string | null }>(
        'SELECT max(position) AS tail FROM events WHERE lane = $1',
        [lane],
      );
      return Number(rows[0]?.tail ?? -1);
    },
  };
}

function decodeAll(
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

function refuse({ stream, version, reason }: UndecodableEvent): never {
  throw new TocsinError('undecodable_event', { detail: `${stream} at ${version}: ${reason}` });
}
