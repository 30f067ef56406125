import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../store/database.ts';
import { laneRanges } from '../../store/lanes.ts';

const timeoutMs = 180_000;

/** Events of the ingest lanes that the alert views do not show yet. */
export async function viewsBehind(database: Pick<Database, 'query'>): Promise<number> {
  const [row] = await database.query<{ behind: string | null }>(
    `SELECT sum(tail - coalesce(position, -1)) AS behind FROM (
       SELECT lane, (SELECT max(position) FROM event_log WHERE event_log.lane = lanes.lane) AS tail
       FROM lanes WHERE lane <= $1
     ) AS tails LEFT JOIN alert_view_progress USING (lane)`,
    [laneRanges.ingest.last],
  );
  return Number(row?.behind ?? 0);
}

/** Milliseconds that it took. */
export async function untilViewsCaughtUp(database: Pick<Database, 'query'>): Promise<number> {
  const startedMs = performance.now();
  while ((await viewsBehind(database)) > 0) {
    if (performance.now() - startedMs > timeoutMs) throw new Error('the alert views do not catch up');
    await sleep(50);
  }
  return Math.round(performance.now() - startedMs);
}
