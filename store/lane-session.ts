import { limits } from '../domain/limits.ts';
import { assertDurable, type Query } from './database.ts';
import { type DedicatedClient, openDedicatedClient } from './dedicated-client.ts';
import {
  type Backend,
  claimFreeLane,
  type LaneIdentity,
  type LaneTail,
  readBackend,
  readLaneEnd,
  reclaimLane,
} from './lane-claim.ts';
import type { LaneKind } from './lanes.ts';
import { lockKeys } from './lock-keys.ts';
import { endLoneWriting, type Generation } from './lone-writing.ts';

export interface LaneSessionOptions {
  readonly url: string;
  readonly kind: LaneKind;
  readonly owner: string;
  /** Of this process's own writing alone, which its own lanes do not end. */
  readonly loneGeneration?: () => Generation | undefined;
}

/** The connection that writes a lane, and holds its lock. */
export interface LaneSession extends LaneIdentity, LaneTail {
  readonly connection: DedicatedClient;
  readonly backend: Backend;
}

export type ReopenedLane =
  | { readonly kind: 'held'; readonly session: LaneSession }
  /** The connection is open, for looking up what was written; the lane is somebody else's. */
  | { readonly kind: 'lost'; readonly connection: DedicatedClient }
  | { readonly kind: 'busy' };

/** Throws `store_unavailable` or `unsafe_database`. */
export async function openLaneSession(options: LaneSessionOptions): Promise<LaneSession> {
  const connection = await connect(options);
  return closeOnFailure(connection, async () => {
    const { lane, epoch } = await claimFreeLane(connection.query, options);
    await endOthersLoneWriting(connection.query, options);
    return startSession(connection, { lane, epoch });
  });
}

/** Opens another connection for a lane that we had; the old one must be given up before. */
export async function reopenLaneSession(
  options: LaneSessionOptions,
  { lane, epoch, backend }: LaneSession,
): Promise<ReopenedLane> {
  const connection = await connect(options);
  return closeOnFailure(connection, async () => {
    const claim = await reclaimLane(connection.query, { lane, epoch, backend });
    if (claim === 'lost') return { kind: 'lost', connection };
    if (claim === 'busy') {
      await connection.close();
      return { kind: 'busy' };
    }
    await endOthersLoneWriting(connection.query, options);
    return { kind: 'held', session: await startSession(connection, { lane, epoch }) };
  });
}

/** Once the lane is held, before anything is written: see store/lone-writing.ts. Records are not decided from memory. */
async function endOthersLoneWriting(
  query: Query,
  { kind, loneGeneration }: LaneSessionOptions,
): Promise<void> {
  if (kind === 'ingest') await endLoneWriting(query, loneGeneration?.());
}

async function startSession(
  connection: DedicatedClient,
  { lane, epoch }: LaneIdentity,
): Promise<LaneSession> {
  const backend = await readBackend(connection.query);
  return { lane, epoch, ...(await readLaneEnd(connection.query, lane)), connection, backend };
}

/** Frees the lane before the connection ends, so that nobody finds it held by a session that is just leaving. */
export async function closeLaneSession({ connection, lane }: LaneSession): Promise<void> {
  if (connection.isOpen()) {
    await unlock(connection.query, lane);
  }
  await connection.close();
}

async function unlock(query: Query, lane: number): Promise<void> {
  try {
    await query('SELECT pg_advisory_unlock($1, $2)', [lockKeys.lane, lane]);
  } catch {
    // The connection broke: the server frees the lock with the session.
  }
}

async function connect({ url, kind }: LaneSessionOptions): Promise<DedicatedClient> {
  const connection = await openDedicatedClient({
    url,
    applicationName: `tocsin ${kind} lane`,
    statementTimeoutMs: limits.laneStatementTimeoutMs,
  });
  return closeOnFailure(connection, async () => {
    // On every connection: the server may have been restarted with other settings.
    await assertDurable(connection);
    return connection;
  });
}

async function closeOnFailure<T>(connection: DedicatedClient, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    await connection.close();
    throw error;
  }
}
