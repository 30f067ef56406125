import { Client } from 'pg';
import type { TocsinEvent } from '../../domain/events/events.ts';
import { eventually } from './eventually.ts';

export interface LoggedEvent {
  readonly lane: number;
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly event: TocsinEvent;
}

/** The whole event log, read past tocsin's own code, in the order of streams and versions. */
export async function readRecordedLog(url: string): Promise<LoggedEvent[]> {
  const rows = await readRows<Row>(
    url,
    'SELECT lane, position, stream_id, version, type, data FROM events ORDER BY stream_id, version',
  );
  return rows.map(({ lane, position, stream_id: stream, version, type, data }) => ({
    lane,
    position: Number(position),
    stream,
    version,
    event: { type, data } as TocsinEvent,
  }));
}

interface Row {
  readonly lane: number;
  readonly position: string;
  readonly stream_id: string;
  readonly version: number;
  readonly type: string;
  readonly data: unknown;
}

export interface ShownIncident {
  readonly id: string;
  readonly version: number;
  readonly view: unknown;
}

export function readIncidentViews(url: string): Promise<ShownIncident[]> {
  return readRows(url, 'SELECT incident_id AS id, version, view FROM incident_views');
}

/** With patience, because a scenario may have killed the database a moment ago. */
export function readRows<Row extends object>(url: string, statement: string): Promise<Row[]> {
  return eventually(async () => {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => {}); // also fails the statement below
    try {
      await client.connect();
      return (await client.query<Row>(statement)).rows;
    } finally {
      await client.end();
    }
  }, 10_000);
}
