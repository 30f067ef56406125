import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RecordedEvent } from '../../domain/events/envelope.ts';
import { limits } from '../../domain/limits.ts';
import { openDatabase } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';
import { anAlertFired } from '../support/alert-events.ts';
import { createTestDatabase } from '../support/database.ts';
import { openTestStore, silent } from '../support/test-store.ts';

const hostileTexts = [
  'tab\there',
  'line\nbreak and \r\n',
  'back\\slash \\t \\N \\. \\\\',
  '\\.',
  '\\N',
  '\\.\n',
  `quotes ' " \` $$ $1 %s`,
  'emoji 🔥 and 漢字 and \u202e',
  'control \u0001 \u001f \u007f \u2028',
  '{"json":"in json"}',
  "'; DROP TABLE event_log; --",
  '\\u0000 spelt out',
  '',
];

test('migrations run twice and by several processes at once, each step once', async () => {
  await using empty = await createTestDatabase();
  const databases = Array.from({ length: 4 }, () =>
    openDatabase({ url: empty.url, logger: silent, applicationName: 'test' }),
  );
  try {
    await Promise.all(databases.map((database) => migrate(database)));
    const [database] = databases;
    if (database === undefined) throw new Error('no database');
    await migrate(database);
    const rows = await database.query<{ number: number }>(
      'SELECT number FROM schema_migrations ORDER BY number',
    );
    expect(rows.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  } finally {
    await Promise.all(databases.map((database) => database.close()));
  }
});

test.each(['copy', 'strict'] as const)('what %s writes reads back as it was committed', async (path) => {
  await using store = await openTestStore();
  const writer = await store.openWriter({ path });
  const heard: RecordedEvent[] = [];
  writer.onCommitted((events) => heard.push(...events));
  const events = hostileTexts.map((text) => ({
    ...anAlertFired({ labels: { alertname: text, [`name ${text}`]: 'x' }, annotations: { summary: text } }),
    metadata: { actor: text },
  }));
  const result = await writer.append({ stream: 'alert-hostile', expectedVersion: -1, events });
  if (result.kind !== 'appended') throw new Error('stale');
  const read = await store.log.readStream('alert-hostile');
  expect(read).toEqual(result.events);
  expect(heard).toEqual(read);
  expect(read.map(({ version }) => version)).toEqual(events.map((_, index) => index));
  expect(read.map(({ body }) => body)).toEqual(events.map(({ body }) => body));
  expect(read.map(({ metadata }) => metadata)).toEqual(events.map(({ metadata }) => metadata));
});

test.each(['copy', 'strict'] as const)('any text survives %s', async (path) => {
  await using store = await openTestStore();
  const writer = await store.openWriter({ path });
  let stream = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 10 }),
      async (texts) => {
        stream += 1;
        const events = texts.map((text) => anAlertFired({ annotations: { text } }));
        const result = await writer.append({ stream: `alert-${stream}`, expectedVersion: -1, events });
        const read = await store.log.readStream(`alert-${stream}`);
        expect(result).toEqual({ kind: 'appended', events: read });
        expect(
          read.map(
            ({ body }) => (body.data as { alert: { annotations: { text: string } } }).alert.annotations.text,
          ),
        ).toEqual(texts.map((text) => text.toWellFormed().replaceAll('\0', '\ufffd')));
      },
    ),
    { numRuns: 200 },
  );
});

test.each(['copy', 'strict'] as const)(
  '%s replaces what PostgreSQL cannot store, and says the same from memory',
  async (path) => {
    await using store = await openTestStore();
    const writer = await store.openWriter({ path });
    const events = [
      anAlertFired({
        annotations: { nul: 'a\0b', high: 'a\ud800b', low: '\udc00', pair: '🔥', spelt: '\\u0000' },
      }),
    ];
    const result = await writer.append({ stream: 'alert-nul', expectedVersion: -1, events });
    const read = await store.log.readStream('alert-nul');
    expect(result).toEqual({ kind: 'appended', events: read });
    expect(read[0]?.body.data).toMatchObject({
      alert: {
        annotations: { nul: 'a\ufffdb', high: 'a\ufffdb', low: '\ufffd', pair: '🔥', spelt: '\\u0000' },
      },
    });
  },
);

test('reads heads, versions, pages of a stream and of a lane', async () => {
  await using store = await openTestStore();
  const writer = await store.openWriter();
  for (const stream of ['alert-a', 'alert-b']) {
    const events = Array.from({ length: 5 }, () => anAlertFired());
    await writer.append({ stream, expectedVersion: -1, events });
  }
  const heads = await store.log.readHeads(['alert-a', 'alert-b', 'alert-a', 'alert-none']);
  expect([...heads].map(([stream, { version }]) => [stream, version]).sort()).toEqual([
    ['alert-a', 4],
    ['alert-b', 4],
  ]);
  expect(await store.log.readVersions(['alert-a', 'alert-none'])).toEqual(new Map([['alert-a', 4]]));
  const page = await store.log.readStream('alert-a', { afterVersion: 1, limit: 2 });
  expect(page.map(({ version }) => version)).toEqual([2, 3]);
  const lane = await store.log.readLane(writer.lane, { afterPosition: 3, limit: 4 });
  expect(lane.events.map(({ position }) => position)).toEqual([4, 5, 6, 7]);
  expect(lane.lastPosition).toBe(7);
  expect(await store.log.readLaneTail(writer.lane)).toBe(9);
  expect(await store.log.readLaneTail(writer.lane + 1)).toBe(-1);
});

test('requests of one call share a commit, and what waits shares the next', async () => {
  await using store = await openTestStore();
  const writer = await store.openWriter();
  const batches: number[] = [];
  writer.onCommitted((events) => batches.push(events.length));
  const requests = Array.from({ length: 1_500 }, (_, i) => ({
    stream: `alert-${i}`,
    expectedVersion: -1,
    events: [anAlertFired()],
  }));
  const results = await writer.appendAll(requests);
  expect(results.every(({ kind }) => kind === 'appended')).toBe(true);
  expect(batches).toEqual([limits.maxBatchEvents, 500]);
  const single = Array.from({ length: 100 }, (_, i) =>
    writer.append({ stream: `alert-single-${i}`, expectedVersion: -1, events: [anAlertFired()] }),
  );
  await Promise.all(single);
  expect(batches.slice(2).reduce((sum, size) => sum + size, 0)).toBe(100);
  expect(batches.length).toBeLessThan(10);
});

test('a full queue answers at once that it is overloaded', async () => {
  await using store = await openTestStore();
  const writer = await store.openWriter();
  const requests = Array.from({ length: limits.maxQueuedAppendEvents / 1_000 }, (_, i) => ({
    stream: `alert-${i}`,
    expectedVersion: -1,
    events: Array.from({ length: 1_000 }, () => anAlertFired()),
  }));
  const accepted = writer.appendAll(requests);
  await expect(
    writer.append({ stream: 'alert-one-more', expectedVersion: -1, events: [anAlertFired()] }),
  ).rejects.toMatchObject({ code: 'overloaded' });
  await accepted;
  const late = await writer.append({
    stream: 'alert-one-more',
    expectedVersion: -1,
    events: [anAlertFired()],
  });
  expect(late.kind).toBe('appended');
});

test('after close nothing more is taken, and what waited is written', async () => {
  await using store = await openTestStore();
  const writer = await store.openWriter();
  const waiting = writer.append({ stream: 'alert-a', expectedVersion: -1, events: [anAlertFired()] });
  const closing = writer.close();
  await expect(
    writer.append({ stream: 'alert-b', expectedVersion: -1, events: [anAlertFired()] }),
  ).rejects.toMatchObject({ code: 'shutting_down' });
  expect((await waiting).kind).toBe('appended');
  await closing;
  const next = await store.openWriter();
  expect(next).toMatchObject({ lane: writer.lane, epoch: writer.epoch + 1 });
});
