import { TocsinError } from '../domain/errors.ts';
import type { Database } from './database.ts';

/** Where a lane begins and ends, both included. */
export interface LaneRange {
  readonly lane: number;
  readonly from: number;
  readonly to: number;
}

/** One end of a replay: a position of every lane, or positions of the lanes named, and of no others. */
export type ReplayBound = number | ReadonlyMap<number, number>;

const entry = /^(?:(\d{1,5}):)?(\d{1,15})$/;

/** `POSITION`, or `LANE:POSITION` once or more with commas between. Throws `invalid_request`. */
export function parseReplayBound(text: string): ReplayBound {
  const parts = text.split(',').map((part) => entry.exec(part));
  const lanes = new Map<number, number>();
  for (const found of parts) {
    if (found === null) throw refuse(text);
    const [, lane, position] = found;
    if (lane === undefined && parts.length === 1) return Number(position);
    if (lane === undefined || lanes.has(Number(lane))) throw refuse(text);
    lanes.set(Number(lane), Number(position));
  }
  return lanes;
}

function refuse(text: string): TocsinError {
  const detail = `${JSON.stringify(text)} is neither POSITION nor LANE:POSITION,…`;
  return new TocsinError('invalid_request', { detail });
}

export interface ReplaySelection {
  /** Absent: from the first event that there is. */
  readonly from?: ReplayBound;
  /** Absent: to the last event that there is now. */
  readonly to?: ReplayBound;
  /** Absent: all lanes. */
  readonly lane?: number;
}

/** What of the lanes that are there is selected; lanes with nothing of it are left out. */
export function selectRanges(lanes: readonly LaneRange[], { from, to, lane }: ReplaySelection): LaneRange[] {
  return lanes.flatMap((whole) => {
    if (lane !== undefined && whole.lane !== lane) return [];
    const first = boundOf(from, whole.lane, whole.from);
    const last = boundOf(to, whole.lane, whole.to);
    if (first === undefined || last === undefined) return [];
    const range = { lane: whole.lane, from: Math.max(first, whole.from), to: Math.min(last, whole.to) };
    return range.from <= range.to ? [range] : [];
  });
}

function boundOf(bound: ReplayBound | undefined, lane: number, otherwise: number): number | undefined {
  if (bound === undefined) return otherwise;
  return typeof bound === 'number' ? bound : bound.get(lane);
}

/** All lanes that hold anything, archived events included if asked; a few steps through the index for each lane. */
export async function listLaneRanges(
  database: Pick<Database, 'query'>,
  { withArchive }: { readonly withArchive: boolean },
): Promise<LaneRange[]> {
  const rows = await database.query<{ lane: number; first: string; archived: string | null; last: string }>(
    `WITH RECURSIVE found (lane) AS (
       (SELECT lane FROM event_log ORDER BY lane LIMIT 1)
       UNION ALL
       SELECT (SELECT lane FROM event_log WHERE lane > found.lane ORDER BY lane LIMIT 1) FROM found
       WHERE found.lane IS NOT NULL
     )
     SELECT lane, (SELECT min(position) FROM event_log WHERE event_log.lane = found.lane) AS first,
       (SELECT min(position) FROM events_archive AS old WHERE old.lane = found.lane) AS archived,
       (SELECT max(position) FROM event_log WHERE event_log.lane = found.lane) AS last
     FROM found WHERE lane IS NOT NULL ORDER BY lane`,
  );
  return rows.map(({ lane, first, archived, last }) => {
    const oldest =
      withArchive && archived !== null ? Math.min(Number(archived), Number(first)) : Number(first);
    return { lane, from: oldest, to: Number(last) };
  });
}
