import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alertStreamOf } from '../../domain/ids.ts';
import { createReceiver, type ReceiveRequest, type Receiver } from '../../ingest/receive.ts';
import { createTestDatabase } from '../support/database.ts';
import { aSource, keyOf } from '../support/door-stage.ts';
import { aConfig, type IngestNode, openIngestNode } from '../support/ingest.ts';
import { quietLogger } from '../support/quiet-logger.ts';

const config = { ...aConfig(), sources: [aSource('pagerduty'), aSource('cloudevents')] };

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let node: IngestNode;
let receiver: Receiver;
let identities: Parameters<typeof alertStreamOf>[0][];

beforeAll(async () => {
  database = await createTestDatabase();
  node = await openIngestNode(database.url, { config: () => config });
  const { acceptor, metrics } = node;
  receiver = createReceiver({
    config: () => config,
    prepare: (commands) => {
      identities = commands.map(({ command }) =>
        command.kind === 'observe' ? command.alert : command.identity,
      );
      return { commands, dropped: [] };
    },
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

async function receive(body: object, request: Partial<ReceiveRequest>, contentType: string) {
  const answer = await receiver.receive({
    door: 'source',
    rawBody: Buffer.from(JSON.stringify(body)),
    header: (name) => (name === 'content-type' ? contentType : undefined),
    requestId: 'r-1',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    ...request,
  });
  expect(answer.status).toBe(202);
}

/** What the log holds of the alert that was sent last. */
async function eventsOf(): Promise<string[]> {
  const [identity] = identities;
  if (identity === undefined) throw new Error('nothing was sent');
  const events = await node.log.readStream(alertStreamOf(identity), { afterVersion: -1, limit: 100 });
  return events.map(({ body }) => body.type);
}

describe('pagerduty', () => {
  const routing_key = keyOf('pagerduty');
  const payload = { summary: 'disk is full', source: 'db-1', severity: 'critical' };
  const enqueue = (event_action: string, dedup_key: string, changes: object = {}) =>
    receive(
      { routing_key, event_action, dedup_key, payload: { ...payload, ...changes } },
      { door: 'pagerduty' },
      'application/json',
    );

  test('a repeated trigger joins the open episode, whatever its time, and one after the resolve begins another', async () => {
    await enqueue('trigger', 'a', { timestamp: '2026-01-05T09:00:00Z' });
    await enqueue('trigger', 'a', { timestamp: '2026-01-05T09:05:00Z' });
    await enqueue('acknowledge', 'a');
    await enqueue('trigger', 'a', { timestamp: '2026-01-05T09:10:00Z' });
    expect(await eventsOf()).toEqual(['AlertFired', 'AlertAcknowledged']);
    await enqueue('resolve', 'a');
    await enqueue('trigger', 'a', { timestamp: '2026-01-05T08:00:00Z' });
    expect((await eventsOf()).filter((type) => type !== 'AlertRepeated')).toEqual([
      'AlertFired',
      'AlertAcknowledged',
      'AlertResolved',
      'AlertFired',
    ]);
  });

  test('acknowledge and resolve without an open alert are taken and do nothing', async () => {
    await enqueue('acknowledge', 'b');
    await enqueue('resolve', 'b');
    expect(await eventsOf()).toEqual([]);
  });
});

describe('cloudevents', () => {
  const send = (changes: object) =>
    receive(
      { specversion: '1.0', id: '1', source: '/s', type: 'disk.full', ...changes },
      { key: keyOf('cloudevents') },
      'application/cloudevents+json',
    );

  test('delivered twice, late or in the wrong order end as if they had come in order, once', async () => {
    const subject = 'in-any-order';
    const fired = { subject, id: 'f', time: '2026-01-05T09:00:00Z' };
    const cleared = { subject, id: 'c', type: 'disk.resolved', time: '2026-01-05T09:10:00Z' };
    await send(fired);
    await send(fired);
    await send(cleared);
    await send(cleared);
    await send(fired);
    expect((await eventsOf()).filter((type) => type !== 'AlertRepeated')).toEqual([
      'AlertFired',
      'AlertResolved',
    ]);
    await send({ subject, id: 'g', time: '2026-01-05T09:20:00Z' });
    expect((await eventsOf()).at(-1)).toBe('AlertFired');
  });

  test('that clear before they fire page nobody', async () => {
    const subject = 'cleared-first';
    await send({ subject, type: 'disk.resolved', time: '2026-01-05T09:10:00Z' });
    await send({ subject, time: '2026-01-05T09:00:00Z' });
    expect(await eventsOf()).toEqual(['AlertResolved']);
  });
});
