import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { limits } from '../../domain/limits.ts';
import type { Database } from '../../store/database.ts';
import { eventually } from '../support/eventually.ts';
import { type LoneNode, openLoneNode } from '../support/lone-node.ts';
import { openTestStore, type TestStore } from '../support/test-store.ts';
import { anAlert, anAlertEvent } from '../support/view-alerts.ts';

const fired = (fingerprint: string) => anAlertEvent('AlertFired', { alert: anAlert({ fingerprint }) });
const resolved = (fingerprint: string) =>
  anAlertEvent('AlertResolved', { alert: anAlert({ fingerprint, status: 'resolved' }) });

/** Until a stream that nobody has written is known to be new without asking the log. */
function untilItDecidesFromMemory(node: LoneNode): Promise<true> {
  let attempt = 0;
  return eventually(async () => {
    attempt += 1;
    node.takeAsked();
    await node.versionOf(fired(`never seen ${attempt}`));
    return node.takeAsked().length === 0 ? true : undefined;
  });
}

async function endLaneSession({ database }: TestStore): Promise<void> {
  await database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'tocsin ingest lane' AND datname = current_database()`,
  );
}

test('a lone server reads no head twice, and none of an alert that is new', async () => {
  await using store = await openTestStore();
  await using node = await openLoneNode(store);
  await node.write(fired('old'));
  await untilItDecidesFromMemory(node);
  expect(await node.write(fired('new'))).toBe(0);
  expect(await node.write(resolved('new'))).toBe(1);
  expect(node.takeAsked()).toEqual([]);
  expect(await node.write(resolved('old'))).toBe(1);
  expect(node.takeAsked()).toHaveLength(1);
  expect(await node.write(fired('old'))).toBe(2);
  expect(node.takeAsked()).toEqual([]);
});

/** A database that answers nobody while it is shut: the last look at it is all that a lease has. */
function createGate() {
  let opened = Promise.resolve();
  let open = () => {};
  return {
    around: (database: Database): Database => ({
      ...database,
      query: async (text, values) => {
        await opened;
        return database.query(text, values);
      },
    }),
    shut() {
      const { promise, resolve } = Promise.withResolvers<void>();
      opened = promise;
      open = resolve;
    },
    open: () => open(),
    [Symbol.dispose]: () => open(),
  };
}

test('a server that joins never finds the first one deciding on what it knew before', async () => {
  await using store = await openTestStore();
  const gate = createGate();
  await using first = await openLoneNode({ url: store.url, around: gate.around });
  using _opened = gate; // before the first one is closed, whatever happens
  await untilItDecidesFromMemory(first);
  for (const fingerprint of ['a', 'b', 'c']) await first.write(fired(fingerprint));
  gate.shut(); // the first one cannot even see that somebody came
  await using second = await openLoneNode(store);
  for (const fingerprint of ['a', 'b', 'c']) {
    // the very next thing after the durable answer is a question to the other server
    expect(await second.write(resolved(fingerprint))).toBe(1);
    expect(await first.versionOf(fired(fingerprint))).toBe(1);
    expect(await first.write(fired(fingerprint))).toBe(2);
    expect(await second.versionOf(fired(fingerprint))).toBe(2);
  }
});

test('neither of two servers decides from memory, and the one that is left does again', async () => {
  await using store = await openTestStore();
  await using first = await openLoneNode(store);
  const second = await openLoneNode(store);
  await delay(4 * limits.loneWriterLookMs);
  for (const node of [first, second]) {
    expect(node.lease.isAlone()).toBe(false);
    node.takeAsked();
    await node.versionOf(fired('x'));
    expect(node.takeAsked()).toHaveLength(1);
  }
  expect(await second.write(fired('x'))).toBe(0);
  await second[Symbol.asyncDispose]();
  await untilItDecidesFromMemory(first);
  expect(await first.versionOf(fired('x'))).toBe(0);
});

test('memory is not believed for longer than a second without a look', async () => {
  await using store = await openTestStore();
  const gate = createGate();
  await using node = await openLoneNode({ url: store.url, around: gate.around });
  using _opened = gate;
  await untilItDecidesFromMemory(node);
  gate.shut();
  await delay(limits.loneWriterTrustMs + 50);
  expect(node.lease.isAlone()).toBe(false);
  gate.open();
  await eventually(() => (node.lease.isAlone() ? true : undefined));
  expect(await node.versionOf(fired('never seen'))).toBe(-1);
  expect(node.takeAsked()).toEqual([]);
});

test('a clock that jumped ahead, as after a suspension, ends belief at once', async () => {
  await using store = await openTestStore();
  let aheadMs = 0;
  await using node = await openLoneNode({ url: store.url, now: () => Date.now() + aheadMs });
  await untilItDecidesFromMemory(node);
  aheadMs = 60_000;
  expect(node.lease.isAlone()).toBe(false);
});

test('a lone server that loses its connection goes on at once, and still knows what it wrote', async () => {
  await using store = await openTestStore();
  await using node = await openLoneNode(store);
  await untilItDecidesFromMemory(node);
  await node.write(fired('a'));
  const startedMs = performance.now();
  await endLaneSession(store);
  expect(await node.write(fired('b'))).toBe(0);
  expect(performance.now() - startedMs).toBeLessThan(limits.loneWriterGraceMs);
  expect(await node.versionOf(fired('a'))).toBe(0);
});

test('a server that lost its lane meanwhile waits before it writes beside the one that took over', async () => {
  await using store = await openTestStore();
  await using first = await openLoneNode(store);
  await using second = await openLoneNode(store);
  await first.write(fired('a'));
  // both sessions end; whoever comes back second finds the other one deciding alone, or at work
  await endLaneSession(store);
  for (const round of [0, 1, 2, 3]) {
    const [writer, other] = round % 2 === 0 ? [second, first] : [first, second];
    const version = await writer.write(round % 2 === 0 ? resolved('a') : fired('a'));
    expect(version).toBe(round + 1);
    expect(await other.versionOf(fired('a'))).toBe(version);
  }
});
