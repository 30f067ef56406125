import { expect, test } from 'vitest';
import type { AppendRequest, LaneWriter } from '../../store/lane-writer.ts';
import { anAlertFired } from '../support/alert-events.ts';
import { openTestStore, type TestStore } from '../support/test-store.ts';

const paths = ['copy', 'strict'] as const;

function request(stream: string, expectedVersion: number, count = 1): AppendRequest {
  return { stream, expectedVersion, events: Array.from({ length: count }, () => anAlertFired()) };
}

async function versionsOf(store: TestStore, stream: string): Promise<number[]> {
  return (await store.log.readStream(stream)).map(({ version }) => version);
}

test.each(paths)(
  'two writers of one stream settle by %s: one is stale, nothing is lost or doubled',
  async (path) => {
    await using store = await openTestStore();
    const writers = [await store.openWriter({ path }), await store.openWriter({ path })];
    const rounds = 50;
    let staleCount = 0;
    for (let round = 0; round < rounds; round += 1) {
      const results = await Promise.all(
        writers.map((writer) => writer.append(request('alert-a', round - 1))),
      );
      expect(results.map(({ kind }) => kind).sort()).toEqual(['appended', 'stale']);
      staleCount += results.filter(({ kind }) => kind === 'stale').length;
    }
    expect(staleCount).toBe(rounds);
    expect(await versionsOf(store, 'alert-a')).toEqual(Array.from({ length: rounds }, (_, i) => i));
  },
);

test.each(paths)('with head 5, a stale request for 5 and 6 writes neither by %s', async (path) => {
  await using store = await openTestStore();
  const writer = await store.openWriter({ path });
  await writer.append(request('alert-a', -1, 6));
  const [stale, neighbour] = await writer.appendAll([request('alert-a', 4, 2), request('alert-b', -1)]);
  expect(stale).toEqual({ kind: 'stale' });
  expect(neighbour?.kind).toBe('appended');
  expect(await versionsOf(store, 'alert-a')).toEqual([0, 1, 2, 3, 4, 5]);
  expect((await writer.append(request('alert-a', 5, 2))).kind).toBe('appended');
});

test.each(paths)('requests of one call for one stream build on each other by %s', async (path) => {
  await using store = await openTestStore();
  const writer = await store.openWriter({ path });
  const results = await writer.appendAll([
    request('alert-a', -1, 2),
    request('alert-b', -1),
    request('alert-a', 1, 3),
    request('alert-a', 4),
  ]);
  expect(results.map(({ kind }) => kind)).toEqual(['appended', 'appended', 'appended', 'appended']);
  expect(await versionsOf(store, 'alert-a')).toEqual([0, 1, 2, 3, 4, 5]);
});

test.each(paths)('what builds on a stale request is stale by %s, even in a later commit', async (path) => {
  await using store = await openTestStore();
  const writer = await store.openWriter({ path });
  await writer.append(request('alert-a', -1, 3));
  const filler = Array.from({ length: 999 }, (_, i) => request(`alert-filler-${i}`, -1));
  const results = await writer.appendAll([
    request('alert-a', 0, 5), // stale: the head is 2
    ...filler,
    request('alert-a', 5, 1), // would leave a hole at 3 to 5
  ]);
  expect([results[0]?.kind, results.at(-1)?.kind]).toEqual(['stale', 'stale']);
  expect(results.filter(({ kind }) => kind === 'appended')).toHaveLength(999);
  expect(await versionsOf(store, 'alert-a')).toEqual([0, 1, 2]);
});

test.each(paths)('a valid request is not made stale by a stale one beside it by %s', async (path) => {
  await using store = await openTestStore();
  const writer = await store.openWriter({ path });
  await writer.append(request('alert-a', -1, 3));
  const [stale, valid] = await Promise.all([
    writer.append(request('alert-a', 0)),
    writer.append(request('alert-a', 2)),
  ]);
  expect([stale.kind, valid.kind]).toEqual(['stale', 'appended']);
});

test('writers with the same streams in opposite orders do not deadlock', async () => {
  await using store = await openTestStore();
  const writers = [await store.openWriter(), await store.openWriter()];
  const streams = Array.from({ length: 300 }, (_, i) => `alert-${i}`);
  for (let round = 0; round < 10; round += 1) {
    const requests = streams.map((stream) => request(`${stream}-${round}`, -1));
    const [one, other] = await Promise.all([
      writers[0]?.appendAll(requests),
      writers[1]?.appendAll([...requests].reverse()),
    ]);
    const appended = [...(one ?? []), ...(other ?? [])].filter(({ kind }) => kind === 'appended');
    expect(appended).toHaveLength(streams.length);
  }
  const deadlocks = await store.database.query<{ deadlocks: string }>(
    'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
  );
  expect(deadlocks[0]?.deadlocks).toBe('0');
});

test('an event that the database refuses fails alone', async () => {
  await using store = await openTestStore();
  const writer = await store.openWriter();
  const tooHigh = 2 ** 31; // no version of PostgreSQL's integer
  const requests = [
    ...Array.from({ length: 20 }, (_, i) => request(`alert-${i}`, -1)),
    request('alert-bad', tooHigh),
    ...Array.from({ length: 20 }, (_, i) => request(`alert-later-${i}`, -1)),
  ];
  const results = await Promise.allSettled(requests.map((one) => writer.append(one)));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(40);
  expect(results[20]).toMatchObject({ status: 'rejected', reason: { code: 'internal' } });
  expect(writer.isHealthy()).toBe(true);
});

test('many writers that decide again when stale lose no update', async () => {
  await using store = await openTestStore();
  const writers = await Promise.all([
    store.openWriter(),
    store.openWriter(),
    store.openWriter({ path: 'strict' }),
  ]);
  const increment = async (writer: LaneWriter) => {
    for (;;) {
      const head = (await store.log.readVersions(['alert-a'])).get('alert-a') ?? -1;
      const result = await writer.append(request('alert-a', head));
      if (result.kind === 'appended') return;
    }
  };
  await Promise.all(
    writers.map(async (writer) => {
      for (let i = 0; i < 30; i += 1) await increment(writer);
    }),
  );
  expect(await versionsOf(store, 'alert-a')).toEqual(Array.from({ length: 90 }, (_, i) => i));
});
