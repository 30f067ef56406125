import type { Database } from './database.ts';

/** An event that a consumer could not use, set aside so that it blocks nobody else. */
export interface ParkedEvent {
  readonly consumer: string;
  readonly lane: number;
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly reason: string;
}

/** Parking the same event again keeps the first reason. Answers whether it was new. */
export async function parkEvent(database: Pick<Database, 'query'>, parked: ParkedEvent): Promise<boolean> {
  const { consumer, lane, position, stream, version, reason } = parked;
  const rows = await database.query(
    `INSERT INTO parked_events (consumer, lane, position, stream_id, version, reason)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (consumer, lane, position) DO NOTHING RETURNING lane`,
    [consumer, lane, position, stream, version, reason.slice(0, 1_024).replaceAll('\0', '\ufffd')],
  );
  return rows.length > 0;
}

export async function countParked(database: Pick<Database, 'query'>, consumer: string): Promise<number> {
  const rows = await database.query<{ parked: string }>(
    'SELECT count(*) AS parked FROM parked_events WHERE consumer = $1',
    [consumer],
  );
  return Number(rows[0]?.parked ?? 0);
}
