import { deliveryStreamOf } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import type { Database } from '../store/database.ts';

/** Who said that a dead letter is not needed any more. */
export interface Discard {
  /** ISO 8601 in UTC with milliseconds. */
  readonly at: string;
  readonly by: string;
  readonly reason: string;
}

const statement = `
SELECT stream_id, data FROM (
  SELECT stream_id, version, data FROM event_log
  WHERE stream_id = ANY($1::text[]) AND type = 'DeliveryDiscarded'
  UNION ALL
  SELECT stream_id, version, data FROM events_archive
  WHERE stream_id = ANY($1::text[]) AND type = 'DeliveryDiscarded'
) AS discards ORDER BY stream_id, version DESC`;

/** From the notifications' own streams, by key; the first discard of each. */
export async function readDiscards(
  database: Pick<Database, 'query'>,
  keys: readonly string[],
): Promise<Map<string, Discard>> {
  const discards = new Map<string, Discard>();
  for (let start = 0; start < keys.length; start += limits.maxViewBatch) {
    const streams = keys.slice(start, start + limits.maxViewBatch).map(deliveryStreamOf);
    const rows = await database.query<{ data: string }>(statement, [streams]);
    for (const { data } of rows) {
      // written by the server from this very type
      const { key, at, by, reason } = JSON.parse(data) as Discard & { readonly key: string };
      discards.set(key, { at, by, reason });
    }
  }
  return discards;
}
