import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type RunningPostgres, startPostgres } from '../../dev/postgres.ts';
import { assertDurable, openDatabase } from '../../store/database.ts';
import type { LaneWriter } from '../../store/lane-writer.ts';
import { anAlertFired } from '../support/alert-events.ts';
import { eventually } from '../support/eventually.ts';
import { openTestStore, silent } from '../support/test-store.ts';

interface OwnServer extends AsyncDisposable {
  readonly running: RunningPostgres;
  readonly restart: () => Promise<void>;
}

async function startOwnServer(settings: Readonly<Record<string, string>> = {}): Promise<OwnServer> {
  const dir = mkdtempSync(join(tmpdir(), 'tocsin-own-postgres-'));
  chmodSync(dir, 0o711); // PostgreSQL may run under another account
  const options = {
    dataDir: join(dir, 'data'),
    logFile: join(dir, 'log'),
    passwordFile: join(dir, 'password'),
    settings,
  };
  let running = await startPostgres(options);
  return {
    get running() {
      return running;
    },
    async restart() {
      running = await startPostgres({ ...options, port: running.port, exactPort: true });
    },
    async [Symbol.asyncDispose]() {
      await running.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

test('refuses a server with fsync turned off', async () => {
  await using server = await startOwnServer({ fsync: 'off' });
  await using store = await openTestStore(server.running.url);
  await expect(assertDurable(store.database)).rejects.toMatchObject({ code: 'unsafe_database' });
  await expect(store.openWriter()).rejects.toMatchObject({ code: 'unsafe_database' });
});

test('refuses a database with synchronous_commit turned off', async () => {
  await using store = await openTestStore();
  await assertDurable(store.database);
  await store.database.query(`ALTER DATABASE ${store.test.name} SET synchronous_commit = off`);
  const later = openDatabase({ url: store.url, logger: silent, applicationName: 'test' });
  await expect(assertDurable(later)).rejects.toMatchObject({ code: 'unsafe_database' });
  await expect(store.openWriter()).rejects.toMatchObject({ code: 'unsafe_database' });
  await later.close();
});

test('a server killed under load loses nothing that was acknowledged, and writers go on after its restart', async () => {
  await using server = await startOwnServer();
  await using store = await openTestStore(server.running.url);
  const writers = [await store.openWriter(), await store.openWriter({ path: 'strict' })];
  const acknowledged = new Map<string, string>();
  const refused: unknown[] = [];
  let isLoading = true;
  const load = async (writer: LaneWriter, client: number) => {
    for (let i = 0; isLoading; i += 1) {
      const stream = `alert-${writer.lane}-${client}-${i}`;
      try {
        const result = await writer.append({ stream, expectedVersion: -1, events: [anAlertFired()] });
        if (result.kind === 'appended') acknowledged.set(stream, result.events[0]?.eventId ?? '');
      } catch (error) {
        refused.push(error);
      }
    }
  };
  const loading = Promise.all(
    writers.flatMap((writer) => Array.from({ length: 10 }, (_, client) => load(writer, client))),
  );

  for (let round = 1; round <= 2; round += 1) {
    await eventually(() => (acknowledged.size > round * 300 ? true : undefined), 20_000);
    process.kill(server.running.pid, 'SIGKILL');
    await eventually(() => (writers.every((writer) => !writer.isHealthy()) ? true : undefined), 10_000);
    await server.restart();
    await eventually(() => (writers.every((writer) => writer.isHealthy()) ? true : undefined), 10_000);
  }
  const before = acknowledged.size;
  await eventually(() => (acknowledged.size > before + 300 ? true : undefined), 20_000);
  isLoading = false;
  await loading;

  const rows = await store.database.query<{ stream_id: string; event_id: string; version: number }>(
    'SELECT stream_id, event_id, version FROM event_log',
  );
  expect(rows.every(({ version }) => version === 0)).toBe(true);
  const stored = new Map(rows.map(({ stream_id, event_id }) => [stream_id, event_id]));
  expect(stored.size).toBe(rows.length);
  for (const [stream, eventId] of acknowledged) expect(stored.get(stream)).toBe(eventId);
  for (const error of refused) {
    expect(['store_unavailable', 'unknown_outcome']).toContain((error as { code: string }).code);
  }
});
