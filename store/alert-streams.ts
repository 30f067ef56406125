import type { Database } from './database.ts';

/** Names of alerts' streams in their order, after `after`; fewer than `limit` when there are no more. */
export async function listAlertStreams(
  database: Pick<Database, 'query'>,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<string[]> {
  // The character after the hyphen ends what begins with "alert-".
  const rows = await database.query<{ stream_id: string }>(
    `SELECT DISTINCT stream_id FROM event_log
     WHERE stream_id > greatest($1, 'alert-') AND stream_id < 'alert.' ORDER BY stream_id LIMIT $2`,
    [after, limit],
  );
  return rows.map(({ stream_id }) => stream_id);
}
