import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { openTestStore, type TestStore } from '../support/test-store.ts';
import { anAlertEvent } from '../support/view-alerts.ts';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const events = 120_000;

function startReplay(url: string, ...args: string[]) {
  const env = { ...process.env, DATABASE_URL: url };
  return spawn(process.execPath, ['--disable-proto=delete', main, 'replay', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function insertMany(store: TestStore): Promise<void> {
  const data = JSON.stringify(anAlertEvent('AlertFired').data).replace('"f1"', `"' || number || '"`);
  await store.database.query(
    `INSERT INTO event_log (lane, position, stream_id, version, type, event_id, hlc, data, metadata)
     SELECT 1, number, 'alert-' || number, 0, 'AlertFired', gen_random_uuid(), 65536 + number,
       ('${data}')::json, '{}' FROM generate_series(0, $1::integer - 1) AS number`,
    [events],
  );
}

async function checkpointOf(store: TestStore): Promise<number | undefined> {
  const rows = await store.database.query<{ position: string }>(
    `SELECT position FROM checkpoints WHERE consumer LIKE 'replay-%'`,
  );
  return rows[0] === undefined ? undefined : Number(rows[0].position);
}

async function sessionsOf(store: TestStore): Promise<number> {
  const rows = await store.database.query(
    `SELECT FROM pg_stat_activity WHERE application_name = 'tocsin-replay' AND datname = current_database()`,
  );
  return rows.length;
}

test('a replay that is killed or interrupted goes on where it was, and ends with every view', async () => {
  await using store = await openTestStore();
  await insertMany(store);

  const killed = startReplay(store.url, '--into', 'views');
  const reached = await eventually(() => checkpointOf(store), 30_000);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  expect(reached).toBeLessThan(events - 1);

  const interrupted = startReplay(store.url, '--into', 'views');
  const told = text(interrupted.stderr);
  await eventually(async () => ((await checkpointOf(store)) ?? 0) > reached || undefined, 30_000);
  interrupted.kill('SIGINT');
  const [code] = await once(interrupted, 'exit');
  expect(code).toBe(1);
  expect(await told).toMatch(
    /went on after \d+ positions.*\nstopped: the same command goes on from here\n$/s,
  );
  await eventually(async () => (await sessionsOf(store)) === 0 || undefined);

  const last = startReplay(store.url, '--into', 'views');
  const summary = text(last.stderr);
  expect(await once(last, 'exit')).toEqual([0, null]);
  expect(await summary).toMatch(/100 %.*\ndone\n$/s);
  const rows = await store.database.query<{ views: number }>(
    'SELECT count(*)::integer AS views FROM alert_views',
  );
  expect(rows[0]?.views).toBe(events);
  expect(await checkpointOf(store)).toBeUndefined();
}, 120_000);

test('a reader that goes away ends the replay in order', async () => {
  await using store = await openTestStore();
  await insertMany(store);
  const replay = startReplay(store.url, '--into', 'stdout');
  const told = text(replay.stderr);
  await once(replay.stdout, 'data');
  replay.stdout.destroy();
  const [code] = await once(replay, 'exit');
  expect(code).toBe(1);
  expect(await told).toContain('stopped');
  await eventually(async () => (await sessionsOf(store)) === 0 || undefined);
}, 60_000);
