import { expect, test } from 'vitest';
import type { RecordedEvent } from '../../domain/events/envelope.ts';
import type { LaneWriter } from '../../store/lane-writer.ts';
import { anAlertFired } from '../support/alert-events.ts';
import { eventually } from '../support/eventually.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { openTestStore, type TestStore } from '../support/test-store.ts';

/** The end of a COPY, as the protocol writes it: by then the server has the whole batch. */
const copyDone = Buffer.from('c\0\0\0\x04');

async function throughProxy(store: TestStore): Promise<{ proxy: TcpProxy; url: string }> {
  const url = new URL(store.url);
  const proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  return { proxy, url: url.toString() };
}

const append = (writer: LaneWriter, stream: string) =>
  writer.append({ stream, expectedVersion: -1, events: [anAlertFired(), anAlertFired()] });

test('an append whose connection dies after the server got all of it is acknowledged once', async () => {
  await using store = await openTestStore();
  const { proxy, url } = await throughProxy(store);
  await using _ = proxy;
  const writer = await store.openWriter({ url });
  const heard: RecordedEvent[] = [];
  writer.onCommitted((events) => heard.push(...events));
  for (let round = 0; round < 20; round += 1) {
    const cut = proxy.cutAfterSending((bytes) => bytes.subarray(-5).equals(copyDone));
    const result = await append(writer, `alert-${round}`);
    await cut;
    const read = await store.log.readStream(`alert-${round}`);
    expect(result).toEqual({ kind: 'appended', events: read });
    expect(read.map(({ version }) => version)).toEqual([0, 1]);
  }
  expect(heard.map(({ position }) => position)).toEqual(
    [...heard.map(({ position }) => position)].sort((a, b) => a - b),
  );
  expect(heard).toHaveLength(40);
});

test('an append whose connection dies before the server got all of it is written again', async () => {
  await using store = await openTestStore();
  const { proxy, url } = await throughProxy(store);
  await using _ = proxy;
  const writer = await store.openWriter({ url });
  for (let round = 0; round < 20; round += 1) {
    const cut = proxy.cutShortOf(copyDone.length, (bytes) => bytes.includes('COPY event_log'));
    expect((await append(writer, `alert-${round}`)).kind).toBe('appended');
    await cut;
    expect(await store.log.readStream(`alert-${round}`)).toHaveLength(2);
  }
});

test('another writer’s event at the same place is no proof that the lost one was written', async () => {
  await using store = await openTestStore();
  const { proxy, url } = await throughProxy(store);
  await using _ = proxy;
  const unlucky = await store.openWriter({ url });
  const other = await store.openWriter();
  const cut = proxy.cutShortOf(copyDone.length, (bytes) => bytes.includes('COPY event_log'));
  proxy.refuse(true);
  const lost = append(unlucky, 'alert-a');
  await cut;
  expect((await append(other, 'alert-a')).kind).toBe('appended');
  proxy.refuse(false);
  expect(await lost).toEqual({ kind: 'stale' });
  expect((await store.log.readStream('alert-a')).map(({ lane }) => lane)).toEqual([other.lane, other.lane]);
});

test('what waits too long fails: undecided as unknown, unsent as unavailable; what was written is still announced', async () => {
  await using store = await openTestStore();
  const { proxy, url } = await throughProxy(store);
  await using _ = proxy;
  const writer = await store.openWriter({ url });
  const heard: RecordedEvent[] = [];
  writer.onCommitted((events) => heard.push(...events));
  const cut = proxy.cutAfterSending((bytes) => bytes.subarray(-5).equals(copyDone));
  proxy.refuse(true);
  const undecided = append(writer, 'alert-undecided').catch((error: unknown) => error);
  await cut;
  const unsent = append(writer, 'alert-unsent').catch((error: unknown) => error);
  await eventually(() => (writer.isHealthy() ? undefined : true));
  expect(await undecided).toMatchObject({ code: 'unknown_outcome' });
  expect(await unsent).toMatchObject({ code: 'store_unavailable' });
  proxy.refuse(false);
  await eventually(() => (writer.isHealthy() ? true : undefined));
  expect(heard.map(({ stream }) => stream)).toEqual(['alert-undecided', 'alert-undecided']);
  expect(await store.log.readStream('alert-unsent')).toEqual([]);
  expect((await append(writer, 'alert-next')).kind).toBe('appended');
});

test('a connection that goes silent during a commit is given up and its outcome looked up', async () => {
  await using store = await openTestStore();
  const { proxy, url } = await throughProxy(store);
  await using _ = proxy;
  const writer = await store.openWriter({ url });
  proxy.freeze(true);
  const result = await append(writer, 'alert-a');
  expect(result).toEqual({ kind: 'appended', events: await store.log.readStream('alert-a') });
});

test.each(['copy', 'strict'] as const)(
  'sessions ended under load by %s: acknowledged means there once, in order, and announced',
  async (path) => {
    await using store = await openTestStore();
    const writers = [await store.openWriter({ path }), await store.openWriter({ path })];
    const heard: RecordedEvent[] = [];
    for (const writer of writers) writer.onCommitted((events) => heard.push(...events));
    const acknowledged = new Set<string>();
    const streams = new Set<string>();
    const load = async (writer: LaneWriter, client: number) => {
      for (let i = 0; i < 150; i += 1) {
        const stream = `alert-${writer.lane}-${client}-${i}`;
        streams.add(stream);
        if ((await append(writer, stream)).kind === 'appended') acknowledged.add(stream);
      }
    };
    let isLoading = true;
    const terminate = async () => {
      let ended = 0;
      while (isLoading) {
        const rows = await store.database.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name LIKE 'tocsin%lane' AND datname = current_database() AND random() < 0.5`,
        );
        ended += rows.length;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return ended;
    };
    const terminating = terminate();
    await Promise.all(writers.flatMap((writer) => Array.from({ length: 20 }, (_, i) => load(writer, i))));
    isLoading = false;
    expect(await terminating).toBeGreaterThan(5);
    expect(acknowledged.size).toBe(streams.size);
    const stored = await store.database.query<{ stream_id: string; versions: number[] }>(
      'SELECT stream_id, array_agg(version ORDER BY version) AS versions FROM event_log GROUP BY stream_id',
    );
    expect(new Set(stored.map(({ stream_id }) => stream_id))).toEqual(streams);
    expect(stored.every(({ versions }) => versions.join() === '0,1')).toBe(true);
    expect(heard).toHaveLength(streams.size * 2);
    for (const { lane } of writers) {
      const positions = heard.filter((event) => event.lane === lane).map(({ position }) => position);
      expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
    }
  },
);
