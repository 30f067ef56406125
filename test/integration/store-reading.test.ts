import { expect, test } from 'vitest';
import { readCheckpoint, writeCheckpoint } from '../../store/checkpoints.ts';
import { readPolicies, registerConfig } from '../../store/config-versions.ts';
import { openDatabase } from '../../store/database.ts';
import { countParked, parkEvent } from '../../store/parked-events.ts';
import { anAlertFired } from '../support/alert-events.ts';
import { openTestStore, silent, type TestStore } from '../support/test-store.ts';

/** Writes past the writer, as a newer release or a broken disk might have left it. */
async function insertPoison(
  store: TestStore,
  row: {
    stream: string;
    position: number;
    type?: string;
    version?: number;
    schemaVersion?: number;
    data?: string;
  },
) {
  const { stream, position, type = 'AlertFired', version = 0, schemaVersion = 1, data = '{}' } = row;
  await store.database.query(
    `INSERT INTO event_log (lane, position, stream_id, version, type, schema_version, event_id, hlc, data, metadata)
     VALUES (7, $1, $2, $3, $4, $5, gen_random_uuid(), 0, $6, '{}')`,
    [position, stream, version, type, schemaVersion, data],
  );
}

test('a lane with poison rows still gives its good events, and names the poison with its reason', async () => {
  await using store = await openTestStore();
  await insertPoison(store, { stream: 'alert-unknown', position: 0, type: 'AlertTeleported' });
  await insertPoison(store, { stream: 'alert-newer', position: 1, schemaVersion: 99 });
  await insertPoison(store, { stream: 'alert-wrong', position: 2, data: '{"alert":{"tenant":7}}' });
  await insertPoison(store, {
    stream: 'alert-good',
    position: 3,
    data: JSON.stringify(anAlertFired().body.data),
  });
  await insertPoison(store, { stream: 'alert-array', position: 4, data: '[]' });
  const page = await store.log.readLane(7, { afterPosition: -1, limit: 100 });
  expect(page.events.map(({ stream }) => stream)).toEqual(['alert-good']);
  expect(page.undecodable.map(({ stream, reason }) => [stream, reason])).toEqual([
    ['alert-unknown', 'AlertTeleported version 1: the type is not known'],
    ['alert-newer', 'AlertFired version 99: the version is newer than this release'],
    ['alert-wrong', expect.stringContaining('/alert/tenant')],
    ['alert-array', expect.stringContaining('AlertFired version 1: ')],
  ]);
  expect(page.lastPosition).toBe(4);
});

test('a stream with a poison event refuses to be read; others are not held up by it', async () => {
  await using store = await openTestStore();
  const writer = await store.openWriter();
  await writer.append({ stream: 'alert-good', expectedVersion: -1, events: [anAlertFired()] });
  await insertPoison(store, { stream: 'alert-poison', position: 0 });
  await expect(store.log.readStream('alert-poison')).rejects.toMatchObject({ code: 'undecodable_event' });
  const both = ['alert-good', 'alert-poison'];
  await expect(store.log.readHeads(both)).rejects.toMatchObject({ code: 'undecodable_event' });
  const undecodable: string[] = [];
  const heads = await store.log.readHeads(both, ({ stream }) => undecodable.push(stream));
  expect([...heads.keys()]).toEqual(['alert-good']);
  expect(undecodable).toEqual(['alert-poison']);
  expect(await store.log.readVersions(both)).toEqual(new Map(both.map((stream) => [stream, 0])));
});

test('an event is parked once per consumer, however often it is tried', async () => {
  await using store = await openTestStore();
  const parked = {
    consumer: 'dispatch',
    lane: 1,
    position: 5,
    stream: 'alert-a',
    version: 0,
    reason: 'first\0',
  };
  const answers = await Promise.all(Array.from({ length: 5 }, () => parkEvent(store.database, parked)));
  expect(answers.filter((isNew) => isNew)).toHaveLength(1);
  expect(await parkEvent(store.database, { ...parked, consumer: 'views', reason: 'x'.repeat(10_000) })).toBe(
    true,
  );
  expect(await countParked(store.database, 'dispatch')).toBe(1);
  expect(await countParked(store.database, 'nobody')).toBe(0);
});

test('a checkpoint starts below the first position and never moves back', async () => {
  await using store = await openTestStore();
  const key = { consumer: 'dispatch', lane: 1 };
  expect(await readCheckpoint(store.database, key)).toBe(-1);
  await writeCheckpoint(store.database, { ...key, position: 9 });
  await writeCheckpoint(store.database, { ...key, position: 4 });
  expect(await readCheckpoint(store.database, key)).toBe(9);
  expect(await readCheckpoint(store.database, { ...key, lane: 2 })).toBe(-1);
});

test('a configuration has one version, counted from 1 without holes, whoever registers it', async () => {
  await using store = await openTestStore();
  const ops = { name: 'ops', configVersion: 1, repeat: 0, steps: [] };
  const policies = new Map([['ops', ops]]);
  const same = await Promise.all(
    Array.from({ length: 8 }, () => registerConfig(store.database, { hash: 'a', policies })),
  );
  expect(same).toEqual(Array.from({ length: 8 }, () => 1));
  const different = await Promise.all(
    ['b', 'c', 'd', 'e'].map((hash) => registerConfig(store.database, { hash, policies: new Map() })),
  );
  expect(different.sort()).toEqual([2, 3, 4, 5]);
  expect(await registerConfig(store.database, { hash: 'a', policies: new Map() })).toBe(1);
  expect(await readPolicies(store.database, 1)).toEqual({ ops });
  expect(await readPolicies(store.database, 99)).toBeUndefined();
});

test('without a database every read says that the store is unavailable', async () => {
  const database = openDatabase({
    url: 'postgres://nobody@127.0.0.1:1/nothing',
    logger: silent,
    applicationName: 'test',
  });
  await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'store_unavailable' });
  await expect(database.transaction((query) => query('SELECT 1'))).rejects.toMatchObject({
    code: 'store_unavailable',
  });
  await database.close();
});

test('a transaction that fails leaves nothing behind and gives its connection back', async () => {
  await using store = await openTestStore();
  for (let i = 0; i < 20; i += 1) {
    const failing = store.database.transaction(async (query) => {
      await query(`INSERT INTO checkpoints (consumer, lane, position) VALUES ('x', 1, 1)`);
      await query('SELECT 1 / 0');
    });
    await expect(failing).rejects.toMatchObject({ code: '22012' });
  }
  expect(await readCheckpoint(store.database, { consumer: 'x', lane: 1 })).toBe(-1);
});
