import { TocsinError } from '../domain/errors.ts';
import type { Query } from './database.ts';
import { type LaneKind, laneRanges } from './lanes.ts';
import { lockKeys } from './lock-keys.ts';

export interface LaneIdentity {
  readonly lane: number;
  readonly epoch: number;
}

/** A server process, told apart from a later one with the same pid. */
export interface Backend {
  readonly pid: number;
  readonly startedAt: string;
}

/** Where a lane's writing goes on. */
export interface LaneTail {
  readonly lastPosition: number;
  readonly lastHlc: string | undefined;
}

/** Takes the lowest lane that nobody holds, on the connection that is going to write. */
export async function claimFreeLane(
  query: Query,
  { kind, owner }: { readonly kind: LaneKind; readonly owner: string },
): Promise<LaneIdentity> {
  const { first, last } = laneRanges[kind];
  // The series is read lazily and in order, so the first lock that is had ends it.
  const [free] = await query<{ lane: number }>(
    `SELECT lane FROM generate_series($2::int, $3::int) AS lane
     WHERE pg_try_advisory_lock($1::int, lane) LIMIT 1`,
    [lockKeys.lane, first, last],
  );
  if (free === undefined) {
    throw new TocsinError('store_unavailable', { detail: `all ${kind} lanes are taken` });
  }
  const [taken] = await query<{ epoch: string }>(
    `INSERT INTO lanes (lane, kind, epoch, owner) VALUES ($1, $2, 1, $3)
     ON CONFLICT (lane) DO UPDATE SET epoch = lanes.epoch + 1, owner = EXCLUDED.owner, taken_at = now()
     RETURNING epoch`,
    [free.lane, kind, owner],
  );
  return { lane: free.lane, epoch: Number(taken?.epoch) };
}

/**
 * Takes a lane back after a reconnect. `busy`: somebody holds it, perhaps only our own dead session or a
 * drainer. `lost`: another writer had it since, and may have left events that we know nothing of.
 */
export async function reclaimLane(
  query: Query,
  { lane, epoch, backend }: LaneIdentity & { readonly backend: Backend },
): Promise<'held' | 'busy' | 'lost'> {
  const [lock] = await query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS taken', [
    lockKeys.lane,
    lane,
  ]);
  const isHeld = lock?.taken ?? false;
  const [row] = await query<{ epoch: string }>('SELECT epoch FROM lanes WHERE lane = $1', [lane]);
  if (Number(row?.epoch) !== epoch) {
    if (isHeld) await query('SELECT pg_advisory_unlock($1, $2)', [lockKeys.lane, lane]);
    return 'lost';
  }
  if (isHeld) return 'held';
  await endBackend(query, backend);
  return 'busy';
}

/** Ends our own earlier session: behind a broken network its server process lives on and keeps the lane. */
async function endBackend(query: Query, { pid, startedAt }: Backend): Promise<void> {
  await query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE pid = $1 AND backend_start = $2::timestamptz AND usename = current_user`,
    [pid, startedAt],
  );
}

export async function readBackend(query: Query): Promise<Backend> {
  const [row] = await query<{ pid: number; started_at: string }>(
    'SELECT pid, backend_start::text AS started_at FROM pg_stat_activity WHERE pid = pg_backend_pid()',
  );
  if (row === undefined) throw new TocsinError('store_unavailable', { detail: 'the session is not listed' });
  return { pid: row.pid, startedAt: row.started_at };
}

/** Only what is read after the lock was taken is the end of the lane. */
export async function readLaneEnd(query: Query, lane: number): Promise<LaneTail> {
  const [row] = await query<{ position: string; hlc: string }>(
    'SELECT position, hlc FROM event_log WHERE lane = $1 ORDER BY position DESC LIMIT 1',
    [lane],
  );
  return { lastPosition: Number(row?.position ?? -1), lastHlc: row?.hlc };
}
