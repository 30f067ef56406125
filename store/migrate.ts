import { setTimeout as delay } from 'node:timers/promises';
import { TocsinError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { Database, Query } from './database.ts';
import { lockKeys } from './lock-keys.ts';
import { migrations } from './migrations/migrations.ts';

/**
 * Brings the schema up to this release, all steps in one transaction. Several processes may call it at once:
 * one migrates, the others wait and find nothing to do. Throws `store_unavailable` when they wait in vain.
 */
export async function migrate(database: Database): Promise<void> {
  await database.transaction(async (query) => {
    await waitForTurn(query);
    await query(
      `CREATE TABLE IF NOT EXISTS schema_migrations (
         number integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
    );
    const applied = await query<{ number: number }>('SELECT number FROM schema_migrations');
    const done = new Set(applied.map(({ number }) => number));
    for (const { number, name, statements } of migrations) {
      if (done.has(number)) continue;
      for (const statement of statements) await query(statement);
      await query('INSERT INTO schema_migrations (number, name) VALUES ($1, $2)', [number, name]);
    }
  });
}

/** Polls, because a statement that waits for the lock would run into the timeout of reads. */
async function waitForTurn(query: Query): Promise<void> {
  const deadlineMs = performance.now() + limits.migrationTimeoutMs;
  while (performance.now() < deadlineMs) {
    const rows = await query<{ taken: boolean }>('SELECT pg_try_advisory_xact_lock($1, $2) AS taken', [
      lockKeys.named,
      lockKeys.migrations,
    ]);
    if (rows[0]?.taken) return;
    await delay(50);
  }
  throw new TocsinError('store_unavailable', { detail: 'another process has been migrating for too long' });
}
