import { TocsinError } from '../domain/errors.ts';
import type { RecordedEvent } from '../domain/events/envelope.ts';
import type { Hlc } from '../domain/hlc.ts';
import { limits } from '../domain/limits.ts';
import type { Database } from './database.ts';
import { decodeRows, type UndecodableEvent } from './decode-rows.ts';
import { type EventRow, eventColumns } from './event-row.ts';

export type { UndecodableEvent } from './decode-rows.ts';

export interface LanePage {
  readonly events: RecordedEvent[];
  readonly undecodable: UndecodableEvent[];
  /** Where the next page begins: pass it as `afterPosition`. Unchanged when nothing was found. */
  readonly lastPosition: number;
}

export interface ReadStreamOptions {
  readonly afterVersion?: number;
  readonly limit?: number;
  readonly onUndecodable?: (event: UndecodableEvent) => void;
}

export interface EventLogOptions {
  /** The process's own clock: it follows what is read, so that what is decided on it comes after it. */
  readonly clock?: Pick<Hlc, 'observe'>;
}

/** Reads the event log. Every read throws `store_unavailable` when the database is away. */
export interface EventLog {
  /**
   * In order of version, what is archived included; at most `limits.maxReadEvents`. Throws `undecodable_event`,
   * after telling `onUndecodable`: whoever folds a stream cannot leave anything out.
   */
  readStream(stream: string, options?: ReadStreamOptions): Promise<RecordedEvent[]>;
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

/** One statement, so that a stream that moves to the archive meanwhile is seen whole. */
const streamStatement = `
SELECT * FROM (
  (SELECT ${eventColumns} FROM event_log e WHERE e.stream_id = $1 AND e.version > $2 ORDER BY e.version LIMIT $3)
  UNION ALL
  (SELECT ${eventColumns} FROM events_archive e WHERE e.stream_id = $1 AND e.version > $2
   ORDER BY e.version LIMIT $3)
) AS stream ORDER BY version LIMIT $3`;

export function createEventLog(database: Pick<Database, 'query'>, { clock }: EventLogOptions = {}): EventLog {
  const follow = (events: readonly RecordedEvent[]): readonly RecordedEvent[] => {
    const latest = latestOf(events);
    if (latest !== undefined) clock?.observe(latest);
    return events;
  };
  return {
    async readStream(stream, { afterVersion = -1, limit = limits.maxReadEvents, onUndecodable } = {}) {
      const rows = await database.query<EventRow>(streamStatement, [
        stream,
        afterVersion,
        Math.min(limit, limits.maxReadEvents),
      ]);
      const events = decodeRows(rows, (event) => {
        onUndecodable?.(event);
        refuse(event);
      });
      follow(events);
      return events;
    },

    async readHeads(streams, onUndecodable = refuse) {
      const rows = await database.query<EventRow>(
        `SELECT ${eventColumns} FROM unnest($1::text[]) AS wanted (stream_id) CROSS JOIN LATERAL (
           SELECT * FROM event_log e WHERE e.stream_id = wanted.stream_id COLLATE "C" ORDER BY e.version DESC LIMIT 1
         ) e`,
        [[...new Set(streams)]],
      );
      const events = follow(decodeRows(rows, onUndecodable));
      return new Map(events.map((event) => [event.stream, event]));
    },

    async readVersions(streams) {
      const rows = await database.query<{ stream_id: string; version: number }>(
        `SELECT e.stream_id, e.version FROM unnest($1::text[]) AS wanted (stream_id) CROSS JOIN LATERAL (
           SELECT stream_id, version FROM event_log e WHERE e.stream_id = wanted.stream_id COLLATE "C"
           ORDER BY e.version DESC LIMIT 1
         ) e`,
        [[...new Set(streams)]],
      );
      return new Map(rows.map(({ stream_id, version }) => [stream_id, version]));
    },

    async readLane(lane, { afterPosition, limit }) {
      const rows = await database.query<EventRow>(
        `SELECT ${eventColumns} FROM event_log e WHERE e.lane = $1 AND e.position > $2 ORDER BY e.position LIMIT $3`,
        [lane, afterPosition, Math.min(limit, limits.maxReadEvents)],
      );
      const undecodable: UndecodableEvent[] = [];
      const events = decodeRows(rows, (event) => undecodable.push(event));
      return { events, undecodable, lastPosition: Number(rows.at(-1)?.position ?? afterPosition) };
    },

    async readLaneTail(lane) {
      const rows = await database.query<{ tail: string | null }>(
        'SELECT max(position) AS tail FROM event_log WHERE lane = $1',
        [lane],
      );
      return Number(rows[0]?.tail ?? -1);
    },
  };
}

/** The highest reading; decimal strings without leading zeros compare by length, then as text. */
function latestOf(events: readonly RecordedEvent[]): string | undefined {
  let latest: string | undefined;
  for (const { hlc } of events) {
    const isLater =
      latest === undefined || (hlc.length === latest.length ? hlc > latest : hlc.length > latest.length);
    if (isLater) latest = hlc;
  }
  return latest;
}

function refuse({ stream, version, reason }: UndecodableEvent): never {
  throw new TocsinError('undecodable_event', { detail: `${stream} at ${version}: ${reason}` });
}
