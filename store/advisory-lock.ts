import { limits } from '../domain/limits.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type DedicatedClient, openDedicatedClient } from './dedicated-client.ts';
import { type LockName, lockKeys } from './lock-keys.ts';

/** A lock that lasts as long as its own connection. */
export interface Held {
  /** False from the moment on which the connection is gone: somebody else may hold the lock by now. */
  isHeld(): boolean;
  release(): Promise<void>;
}

export interface LockOptions {
  readonly url: string;
  readonly logger: Logger;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
}

/**
 * Takes a lock of the whole deployment, or answers undefined when another process has it; never waits for it.
 * Throws `store_unavailable`.
 */
export function tryHoldLock(options: LockOptions & { readonly name: LockName }): Promise<Held | undefined> {
  return tryHold(options, [lockKeys.named, lockKeys[options.name]]);
}

/**
 * Takes a lane whose process is dead, for reading and dispatching what it left, never for writing. Answers
 * undefined while anybody holds the lane. A writer that comes back waits until it is released, but not for
 * longer than `limits.laneRetakeMs`. Throws `store_unavailable`.
 */
export function adoptLane(options: LockOptions & { readonly lane: number }): Promise<Held | undefined> {
  return tryHold(options, [lockKeys.lane, options.lane]);
}

async function tryHold(
  { url, applicationName, logger }: LockOptions,
  key: readonly [number, number],
): Promise<Held | undefined> {
  const connection = await openDedicatedClient({
    url,
    applicationName,
    statementTimeoutMs: limits.lockHeartbeatMs,
  });
  if (!(await tryLock(connection, key))) {
    await connection.close();
    return undefined;
  }
  const heartbeat = setInterval(() => void beat(connection), limits.lockHeartbeatMs).unref();
  let isReleased = false;
  void connection.closed.then(() => {
    clearInterval(heartbeat);
    if (!isReleased) logger.warn({ lock: key }, 'a lock was lost with its connection');
  });
  return {
    isHeld: () => connection.isOpen(),
    async release() {
      isReleased = true;
      await unlock(connection, key);
      await connection.close();
    },
  };
}

async function tryLock(connection: DedicatedClient, key: readonly [number, number]): Promise<boolean> {
  try {
    const [row] = await connection.query<{ taken: boolean }>(
      'SELECT pg_try_advisory_lock($1, $2) AS taken',
      key,
    );
    return row?.taken ?? false;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Before the connection ends, so that the next one who tries does not find it held by a leaving session. */
async function unlock(connection: DedicatedClient, key: readonly [number, number]): Promise<void> {
  if (!connection.isOpen()) return;
  try {
    await connection.query('SELECT pg_advisory_unlock($1, $2)', key);
  } catch {
    // The connection broke: the server frees the lock with the session.
  }
}

/** A peer that vanished answers nothing, not even an error: without this we would believe in the lock for hours. */
async function beat(connection: DedicatedClient): Promise<void> {
  const timer = setTimeout(() => void connection.close(), limits.lockHeartbeatMs);
  try {
    await connection.query('SELECT 1');
  } catch {
    await connection.close();
  } finally {
    clearTimeout(timer);
  }
}
