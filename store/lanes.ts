import type { Database } from './database.ts';
import { lockKeys } from './lock-keys.ts';

export type LaneKind = 'ingest' | 'record';

/** A writer slot that was used at least once. */
export interface Lane {
  readonly lane: number;
  readonly kind: LaneKind;
  /** Rises whenever another process takes the lane. */
  readonly epoch: number;
  readonly owner: string;
  /** Whether somebody, a writer or a drainer, holds the lane now. */
  readonly isHeld: boolean;
}

/** Which numbers a kind may use, both ends included. */
export const laneRanges: Readonly<Record<LaneKind, { readonly first: number; readonly last: number }>> = {
  ingest: { first: 1, last: 999 },
  record: { first: 1_000, last: 1_999 },
};

/** All lanes by number; those of dead processes are the ones that nobody holds. */
export async function listLanes(database: Pick<Database, 'query'>): Promise<Lane[]> {
  const rows = await database.query<{
    lane: number;
    kind: LaneKind;
    epoch: string;
    owner: string;
    held: boolean;
  }>(
    `SELECT lane, kind, epoch, owner, EXISTS (
       SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2
         AND classid = $1::bigint::oid AND objid = lanes.lane::int::oid
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
     ) AS held
     FROM lanes ORDER BY lane`,
    [lockKeys.lane],
  );
  return rows.map(({ lane, kind, epoch, owner, held }) => ({
    lane,
    kind,
    epoch: Number(epoch),
    owner,
    isHeld: held,
  }));
}
