import { limits } from '../domain/limits.ts';
import type { Database } from './database.ts';
import { type EventRow, eventColumns } from './event-row.ts';
import type { LaneRange } from './replay-range.ts';

export interface ReplayPagesOptions extends LaneRange {
  /** Reads archived events too, each at its place. */
  readonly withArchive: boolean;
}

const pageOf = (table: string) => `
  SELECT ${eventColumns} FROM ${table} e WHERE e.lane = $1 AND e.position >= $2 AND e.position <= $3
  ORDER BY e.position LIMIT $4`;
const livePage = pageOf('event_log');
const wholePage = `
SELECT * FROM ((${livePage}) UNION ALL (${pageOf('events_archive')})) AS page ORDER BY position LIMIT $4`;

/**
 * Rows of one lane in order of position, payloads as text, in pages of `limits.maxReadEvents`. The next page is read
 * while the one before is used, and no further: memory holds two of them.
 */
export async function* replayPages(
  database: Pick<Database, 'query'>,
  { lane, from, to, withArchive }: ReplayPagesOptions,
): AsyncGenerator<readonly EventRow[]> {
  const limit = limits.maxReadEvents;
  const statement = withArchive ? wholePage : livePage;
  const read = (first: number) => {
    const rows = database.query<EventRow>(statement, [lane, first, to, limit]);
    // whoever stops in the middle of a page never asks for this one
    rows.catch(() => undefined);
    return rows;
  };
  let next: Promise<EventRow[]> | undefined = read(from);
  while (next !== undefined) {
    const rows: EventRow[] = await next;
    const last = rows.at(-1);
    next = last !== undefined && rows.length === limit ? read(Number(last.position) + 1) : undefined;
    if (last !== undefined) yield rows;
  }
}
