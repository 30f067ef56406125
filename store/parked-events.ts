import type { Database } from './database.ts';
import type { UndecodableEvent } from './event-log.ts';

/** An event that a consumer could not use, set aside so that it blocks nobody else. */
export interface ParkedEvent {
  readonly consumer: string;
  readonly lane: number;
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly reason: string;
}

export interface ListedParkedEvent extends ParkedEvent {
  /** ISO 8601. */
  readonly parkedAt: string;
}

export interface ParkedFilter {
  readonly consumer?: string;
  readonly stream?: string;
}

type Reader = Pick<Database, 'query'>;

/** Parking the same event again keeps the first reason. Answers whether it was new. */
export async function parkEvent(database: Reader, parked: ParkedEvent): Promise<boolean> {
  const { consumer, lane, position, stream, version, reason } = parked;
  const rows = await database.query(
    `INSERT INTO parked_events (consumer, lane, position, stream_id, version, reason)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (consumer, lane, position) DO NOTHING RETURNING lane`,
    [consumer, lane, position, stream, version, storableReason(reason)],
  );
  return rows.length > 0;
}

/** What could not be decoded, for one consumer. */
export function parkedOf(consumer: string, event: UndecodableEvent): ParkedEvent {
  const { lane, position, stream, version, reason } = event;
  return { consumer, lane, position, stream, version, reason };
}

/** The reason of the newest attempt: it may be another one than at first. */
export async function updateParkedReason(database: Reader, parked: ParkedEvent): Promise<void> {
  await database.query(
    'UPDATE parked_events SET reason = $4 WHERE consumer = $1 AND lane = $2 AND position = $3',
    [parked.consumer, parked.lane, parked.position, storableReason(parked.reason)],
  );
}

export async function removeParked(database: Reader, parked: readonly ParkedEvent[]): Promise<void> {
  const places = parked.map(({ consumer, lane, position }) => ({ consumer, lane, position }));
  await database.query(
    `DELETE FROM parked_events AS held
     USING json_to_recordset($1::json) AS done (consumer text, lane smallint, position bigint)
     WHERE held.consumer = done.consumer AND held.lane = done.lane AND held.position = done.position`,
    [JSON.stringify(places)],
  );
}

export async function countParked(database: Reader, consumer: string): Promise<number> {
  return (await countParkedByConsumer(database)).get(consumer) ?? 0;
}

/** Consumers with nothing parked are left out. */
export async function countParkedByConsumer(database: Reader): Promise<Map<string, number>> {
  const rows = await database.query<{ consumer: string; parked: number }>(
    'SELECT consumer, count(*)::integer AS parked FROM parked_events GROUP BY consumer',
  );
  return new Map(rows.map(({ consumer, parked }) => [consumer, parked]));
}

interface ParkedRow {
  readonly consumer: string;
  readonly lane: number;
  readonly position: string;
  readonly stream_id: string;
  readonly version: number;
  readonly reason: string;
  readonly parked_at: Date;
}

/** Where a page of parked events ended. */
export type ParkedPlace = Pick<ParkedEvent, 'consumer' | 'stream' | 'version'>;

export interface ListParkedOptions extends ParkedFilter {
  /** The last one of the page before. */
  readonly after?: ParkedPlace;
  readonly limit: number;
}

/** By consumer, then by stream, then in the stream's order. */
export async function listParked(
  database: Reader,
  { consumer, stream, after, limit }: ListParkedOptions,
): Promise<ListedParkedEvent[]> {
  const rows = await database.query<ParkedRow>(
    `SELECT consumer, lane, position, stream_id, version, reason, parked_at FROM parked_events
     WHERE ($1::text IS NULL OR consumer = $1) AND ($2::text IS NULL OR stream_id = $2)
       AND ($3::text IS NULL OR (consumer, stream_id, version) > ($3, $4, $5::integer))
     ORDER BY consumer, stream_id, version LIMIT $6`,
    [
      consumer ?? null,
      stream ?? null,
      after?.consumer ?? null,
      after?.stream ?? null,
      after?.version ?? null,
      limit,
    ],
  );
  return rows.map(({ stream_id, position, parked_at, ...row }) => ({
    ...row,
    stream: stream_id,
    position: Number(position),
    parkedAt: parked_at.toISOString(),
  }));
}

/** Bounded, and without the one character that PostgreSQL cannot store. */
function storableReason(reason: string): string {
  return reason.slice(0, 1_024).replaceAll('\0', '\ufffd');
}
