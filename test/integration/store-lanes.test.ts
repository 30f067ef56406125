import { expect, test } from 'vitest';
import { adoptLane, tryHoldLock } from '../../store/advisory-lock.ts';
import { listLanes } from '../../store/lanes.ts';
import { anAlertFired } from '../support/alert-events.ts';
import { eventually } from '../support/eventually.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { openTestStore, silent, type TestStore } from '../support/test-store.ts';

const lockOptions = (store: TestStore) => ({ url: store.url, logger: silent, applicationName: 'test lock' });

async function endSessions(store: TestStore, applicationName: string): Promise<void> {
  await store.database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = $1 AND datname = current_database()`,
    [applicationName],
  );
}

test('each writer has a lane of its own, the lowest free one of its kind', async () => {
  await using store = await openTestStore();
  const writers = await Promise.all([
    store.openWriter(),
    store.openWriter(),
    store.openWriter({ kind: 'record' }),
    store.openWriter({ kind: 'record' }),
  ]);
  expect(writers.map(({ lane }) => lane).sort((a, b) => a - b)).toEqual([1, 2, 1_000, 1_001]);
  await writers.find(({ lane }) => lane === 1)?.close();
  const next = await store.openWriter({ owner: 'next' });
  expect(next).toMatchObject({ lane: 1, epoch: 2 });
  expect(await listLanes(store.database)).toMatchObject([
    { lane: 1, kind: 'ingest', epoch: 2, owner: 'next', isHeld: true },
    { lane: 2, kind: 'ingest', epoch: 1, owner: 'test', isHeld: true },
    { lane: 1_000, kind: 'record', epoch: 1, isHeld: true },
    { lane: 1_001, kind: 'record', epoch: 1, isHeld: true },
  ]);
});

test('whoever takes a dead writer’s lane goes on behind its last position', async () => {
  await using store = await openTestStore();
  const first = await store.openWriter();
  const events = [anAlertFired(), anAlertFired()];
  await first.append({ stream: 'alert-a', expectedVersion: -1, events });
  await first.close();
  const second = await store.openWriter({ now: () => 1_000 }); // a clock far behind the first one's
  const result = await second.append({ stream: 'alert-b', expectedVersion: -1, events });
  expect(result.kind === 'appended' && result.events.map(({ position }) => position)).toEqual([2, 3]);
});

test('readings of the clock rise along a lane even when its next writer’s clock is behind', async () => {
  await using store = await openTestStore();
  const nowMs = Date.now();
  const first = await store.openWriter({ now: () => nowMs });
  await first.append({ stream: 'alert-a', expectedVersion: -1, events: [anAlertFired()] });
  await first.close();
  const second = await store.openWriter({ now: () => nowMs - 30_000 });
  await second.append({ stream: 'alert-a', expectedVersion: 0, events: [anAlertFired()] });
  const [before, after] = await store.log.readStream('alert-a');
  expect(BigInt(after?.hlc ?? 0)).toBeGreaterThan(BigInt(before?.hlc ?? 0));
});

test('a writer keeps its lane over a reconnect', async () => {
  await using store = await openTestStore();
  const writer = await store.openWriter();
  for (let i = 0; i < 5; i += 1) {
    await endSessions(store, 'tocsin ingest lane');
    const result = await writer.append({
      stream: `alert-${i}`,
      expectedVersion: -1,
      events: [anAlertFired()],
    });
    expect(result.kind === 'appended' && result.events[0]?.lane).toBe(writer.lane);
  }
  expect(await listLanes(store.database)).toMatchObject([{ lane: 1, epoch: 1, isHeld: true }]);
});

test('a writer that was cut off while another took its lane says so and writes nothing more', async () => {
  await using store = await openTestStore();
  const address = new URL(store.url);
  await using proxy = await startTcpProxy({ host: address.hostname, port: Number(address.port) });
  address.port = String(proxy.port);
  const cutOff = await store.openWriter({ url: address.toString() });
  let isLost = false;
  cutOff.onLost(() => {
    isLost = true;
  });
  proxy.refuse(true);
  proxy.cutAll();
  const waiting = cutOff
    .append({ stream: 'alert-a', expectedVersion: -1, events: [anAlertFired()] })
    .catch((error: unknown) => error);
  const successor = await eventually(async () => {
    const writer = await store.openWriter();
    if (writer.lane === cutOff.lane) return writer;
    await writer.close();
    return undefined;
  });
  await successor.append({ stream: 'alert-b', expectedVersion: -1, events: [anAlertFired()] });
  proxy.refuse(false);
  expect(await waiting).toMatchObject({ code: 'store_unavailable' });
  await eventually(() => (isLost ? true : undefined));
  expect(cutOff.isHealthy()).toBe(false);
  await expect(
    cutOff.append({ stream: 'alert-c', expectedVersion: -1, events: [anAlertFired()] }),
  ).rejects.toMatchObject({ code: 'store_unavailable' });
  const { events } = await store.log.readLane(cutOff.lane, { afterPosition: -1, limit: 10 });
  expect(events.map(({ stream }) => stream)).toEqual(['alert-b']);
});

test('a dead lane can be adopted by one process, and its writer comes back afterwards', async () => {
  await using store = await openTestStore();
  const writer = await store.openWriter();
  const lane = writer.lane;
  expect(await adoptLane({ ...lockOptions(store), lane })).toBeUndefined();
  await writer.close();
  const held = await adoptLane({ ...lockOptions(store), lane });
  expect(held?.isHeld()).toBe(true);
  expect(await adoptLane({ ...lockOptions(store), lane })).toBeUndefined();
  const other = await store.openWriter();
  expect(other.lane).toBe(lane + 1);
  await held?.release();
  expect((await store.openWriter()).lane).toBe(lane);
});

test('one process holds the clock; who loses the connection loses the lock', async () => {
  await using store = await openTestStore();
  const first = await tryHoldLock({ ...lockOptions(store), name: 'clock' });
  expect(first?.isHeld()).toBe(true);
  expect(await tryHoldLock({ ...lockOptions(store), name: 'clock' })).toBeUndefined();
  await endSessions(store, 'test lock');
  await eventually(() => (first?.isHeld() ? undefined : true));
  const second = await eventually(() => tryHoldLock({ ...lockOptions(store), name: 'clock' }));
  await first?.release();
  expect(second.isHeld()).toBe(true);
  await second.release();
  const third = await tryHoldLock({ ...lockOptions(store), name: 'clock' });
  expect(third?.isHeld()).toBe(true);
  await third?.release();
});
