import type { ClosedStream } from '../store/archive.ts';
import { consumers } from '../store/consumers.ts';

/** One page of what was looked at, and what of it may go to the archive. */
export interface ClosedPage {
  readonly streams: readonly ClosedStream[];
  /** What to settle once all of `streams` has moved: ids of alerts' streams, of incidents or of silences. */
  readonly ids: readonly string[];
  /** Where the next page begins; absent after the last one. */
  readonly cursor?: string;
}

export interface ClosedOptions {
  /** The cursor of the page before; empty for the first. */
  readonly after: string;
  /** Only what has been over since before this reading of the hybrid clock. */
  readonly beforeHlc: string;
  readonly limit: number;
}

/**
 * SQL: the last event of each lane. It stays where it is: a lane's writer goes on from there, and a position used
 * twice would be taken for one that is dispatched already.
 */
export const laneTails = `
SELECT tail.stream_id, tail.version FROM lanes CROSS JOIN LATERAL (
  SELECT stream_id, version FROM event_log WHERE event_log.lane = lanes.lane ORDER BY position DESC LIMIT 1
) AS tail`;

/** SQL: up to where each lane's alert events are both dispatched and in the views. */
export const consumedLanes = `
SELECT folded.lane, least(folded.position, dispatched.position) AS position
FROM alert_view_progress AS folded
JOIN checkpoints AS dispatched ON dispatched.lane = folded.lane AND dispatched.consumer = '${consumers.dispatch}'`;
