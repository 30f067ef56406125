import { setTimeout as sleep } from 'node:timers/promises';
import { TocsinError } from '../domain/errors.ts';
import type { LanePositions } from '../domain/events/incident-events.ts';
import type { Database } from '../store/database.ts';
import { laneRanges } from '../store/lanes.ts';
import { coveredByHuman } from './covered-by-human.ts';

export interface CountFiringOptions {
  readonly database: Pick<Database, 'query'>;
  readonly workflowId: string;
  /** What the caller knows of: the view must have got at least that far. Lanes that carry no alerts are ignored. */
  readonly positions: LanePositions;
  /** How long to wait for the view, in milliseconds. */
  readonly withinMs: number;
}

// one statement, so that progress and count are of one instant
const countStatement = `
SELECT
  (SELECT count(*) FROM json_each_text($1::json) AS wanted (lane, position)
     LEFT JOIN alert_view_progress AS progress ON progress.lane = wanted.lane::smallint
     WHERE coalesce(progress.position, -1) < wanted.position::bigint)::integer AS lanes_behind,
  (SELECT count(*) FROM alert_views AS asked
     WHERE status = 'firing' AND workflow_ids @> ARRAY[$2]::text[]
       AND NOT EXISTS (${coveredByHuman('$2')}))::integer AS firing`;

/**
 * How many alerts of an incident fire, those left out that a human has resolved by hand, by a view that has seen at least `positions`. Throws the retryable
 * `store_unavailable` when the view does not get there in time: an incident must not resolve on old knowledge.
 */
export async function countFiring(options: CountFiringOptions): Promise<{ readonly firing: number }> {
  const { database, workflowId, positions, withinMs } = options;
  const wanted = JSON.stringify(ofIngestLanes(positions));
  const deadline = performance.now() + withinMs;
  for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 1.5, 100)) {
    const rows = await database.query<{ lanes_behind: number; firing: number }>(countStatement, [
      wanted,
      workflowId,
    ]);
    const row = rows[0];
    if (row !== undefined && row.lanes_behind === 0) return { firing: row.firing };
    if (performance.now() + pauseMs > deadline) throw viewBehind(row?.lanes_behind ?? 0);
    await sleep(pauseMs * (0.75 + Math.random() / 2));
  }
}

function ofIngestLanes(positions: LanePositions): LanePositions {
  const { first, last } = laneRanges.ingest;
  const ingest = Object.entries(positions).filter(([lane]) => Number(lane) >= first && Number(lane) <= last);
  return Object.fromEntries(ingest);
}

function viewBehind(lanes: number): TocsinError {
  return new TocsinError('store_unavailable', { detail: `the alert view is behind in ${lanes} lanes` });
}
