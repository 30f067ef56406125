import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { errorCodeOf } from '../../domain/errors.ts';
import { createReceiver, type Receiver } from '../../ingest/receive.ts';
import { createTestDatabase } from '../support/database.ts';
import { aConfig, type IngestNode, openIngestNode, prometheusKey } from '../support/ingest.ts';
import { quietLogger } from '../support/quiet-logger.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let node: IngestNode;
let receiver: Receiver;

beforeAll(async () => {
  database = await createTestDatabase();
  node = await openIngestNode(database.url);
  const { acceptor, metrics } = node;
  receiver = createReceiver({
    config: aConfig,
    prepare: (commands) => ({ commands, dropped: [] }),
    acceptor,
    heard: () => {},
    metrics,
    logger: quietLogger(),
    now: Date.now,
    version: '0.0.0',
  });
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

function receive(body: string | Buffer, changes: { key?: string; contentType?: string } = {}) {
  const { key = prometheusKey, contentType = 'application/json' } = changes;
  return receiver.receive({
    door: 'source',
    key,
    rawBody: Buffer.from(body),
    header: (name) => (name === 'content-type' ? contentType : undefined),
    requestId: 'r-1',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  });
}

function fixture(name: string): Buffer {
  return readFileSync(new URL(`../../sources/alertmanager/fixtures/${name}.json`, import.meta.url));
}

async function counted(name: string, labels: Record<string, string>): Promise<number> {
  const metric = await node.metrics.registry.getSingleMetric(name)?.get();
  const found = metric?.values.find((value) =>
    Object.entries(labels).every(([label, wanted]) => value.labels[label] === wanted),
  );
  return found?.value ?? 0;
}

test('the documented example is accepted, repeated and cleared', async () => {
  const guide = readFileSync(new URL('../../docs/how-to/alertmanager.md', import.meta.url), 'utf8');
  const body = guide.split("-d '\n")[1]?.split("\n}'")[0] ?? '';
  const firing = `${body}\n}`;
  expect(await receive(firing)).toEqual({
    status: 202,
    body: { accepted: 1, duplicates: 0, dropped: [], rejected: [] },
  });
  expect(guide).toContain('{ "accepted": 1, "duplicates": 0, "dropped": [], "rejected": [] }');
  expect(await receive(firing)).toMatchObject({ status: 202, body: { accepted: 0, duplicates: 1 } });
  expect(await receive(firing.replaceAll('"firing"', '"resolved"'))).toMatchObject({ body: { accepted: 1 } });
});

test('the good alerts of a batch are accepted and the bad ones listed', async () => {
  const rejected = [1, 2, 4, 5, 6, 7, 8].map((index) => expect.objectContaining({ index }));
  expect(await receive(fixture('partly-wrong'))).toMatchObject({
    status: 202,
    body: { accepted: 2, duplicates: 0, rejected },
  });
  expect(
    await counted('tocsin_alerts_rejected_total', { source: 'prometheus', reason: 'invalid_alert' }),
  ).toBe(7);
});

test('a batch without any good alert is 422 with the list', async () => {
  const body = JSON.stringify({ version: '4', alerts: [{ status: 'firing', labels: { a: 1 } }] });
  expect(await receive(body)).toEqual({
    status: 422,
    body: {
      accepted: 0,
      duplicates: 0,
      dropped: [],
      rejected: [{ index: 0, path: '/alerts/0/labels/a', reason: 'must be a string, not a number' }],
    },
  });
});

test('hostile text is stored and read back as it was normalised', async () => {
  expect(await receive(fixture('hostile-text'))).toMatchObject({ status: 202, body: { accepted: 1 } });
  const tail = await node.log.readLane(node.writer.lane, { afterPosition: -1, limit: 1_000 });
  const golden = JSON.parse(fixture('hostile-text.normalised').toString());
  const { startsAt: _, ...expected } = golden.alerts[0].alert;
  expect(tail.events.at(-1)?.body).toMatchObject({
    data: { alert: { ...expected, flags: expect.any(Array) } },
  });
});

test.each([
  ['a wrong key', 'unknown_source', '{}', { key: 'another-key-of-nobody' }],
  ['a form', 'unsupported_media_type', '{}', { contentType: 'application/x-www-form-urlencoded' }],
  ['half a body', 'malformed_json', '{"version":', {}],
  ['a body that is too large', 'too_large', ' '.repeat(1_048_577), {}],
  ['a deep body', 'too_deep', '['.repeat(40), {}],
  ['a poisoned body', 'forbidden_key', '{"__proto__":{}}', {}],
  ["grafana's body", 'invalid_payload', fixture('grafana'), {}],
  ['1,001 alerts', 'too_many_alerts', JSON.stringify({ version: '4', alerts: Array(1_001).fill({}) }), {}],
] as const)('%s is refused with %s and counted', async (_, code, body, changes) => {
  const source = code === 'unknown_source' ? 'unknown' : 'prometheus';
  const before = await counted('tocsin_alerts_rejected_total', { source, reason: code });
  expect(await receive(body, changes).catch(errorCodeOf)).toBe(code);
  expect(await counted('tocsin_alerts_rejected_total', { source, reason: code })).toBe(before + 1);
});
