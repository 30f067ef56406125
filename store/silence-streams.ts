import type { Database } from './database.ts';

/** The version of each silence's last event: few, and cheap to ask for several times a second. */
export async function readSilenceVersions(
  database: Pick<Database, 'query'>,
): Promise<ReadonlyMap<string, number>> {
  const rows = await database.query<{ stream_id: string; version: number }>(
    `SELECT stream_id, max(version) AS version FROM event_log
     WHERE stream_id >= 'silence-' AND stream_id < 'silence.' GROUP BY stream_id`,
  );
  return new Map(rows.map(({ stream_id, version }) => [stream_id, version]));
}
