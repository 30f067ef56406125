import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Alert } from '../../domain/alert/alert.ts';
import { errorCodeOf, TocsinError } from '../../domain/errors.ts';
import { alertStreamOf } from '../../domain/ids.ts';
import { type AlertHead, type AlertHeads, headsFromLog } from '../../ingest/alert-head.ts';
import type { LaneWriter } from '../../store/lane-writer.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { createTestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import {
  aConfig,
  anAlert,
  aRequest,
  byTeam,
  type IngestNode,
  observationOf,
  openIngestNode,
} from '../support/ingest.ts';
import { quietLogger } from '../support/quiet-logger.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

async function typesOf({ log }: IngestNode, alert: ReturnType<typeof anAlert>): Promise<string[]> {
  return (await log.readStream(alertStreamOf(alert))).map(({ body }) => body.type);
}

test('an accepted alert is in the log with who sent it and where it was routed', async () => {
  await using node = await openIngestNode(database.url);
  const alert = anAlert();
  const metadata = { actor: 'prometheus', via: 'source', requestId: 'r-1', traceparent: '00-a-b-01' };
  const request = { ...aRequest(alert), metadata };
  const result = await node.acceptor.accept(request);
  const [event] = await node.log.readStream(alertStreamOf(alert));
  expect(result).toEqual({
    accepted: 1,
    duplicates: 0,
    dropped: [],
    positions: { [node.writer.lane]: event?.position },
  });
  expect(event).toMatchObject({
    version: 0,
    lane: node.writer.lane,
    body: {
      type: 'AlertFired',
      data: {
        alert,
        configVersion: 1,
        replaces: false,
        incidents: [{ route: 'all', groupLabels: { team: 'core' } }],
      },
    },
    metadata: { actor: 'prometheus', via: 'source', requestId: 'r-1', traceparent: '00-a-b-01' },
  });
});

test('what arrives is counted by what it was, with the index the sender gave it', async () => {
  await using node = await openIngestNode(database.url);
  const alert = anAlert();
  const over = anAlert({ status: 'resolved' });
  const old = anAlert({ fingerprint: alert.fingerprint, startsAt: '2026-07-01T10:00:00.000Z' });
  await node.acceptor.accept(aRequest(over));
  const result = await node.acceptor.accept({
    ...aRequest(),
    commands: [
      { index: 1, command: observationOf(alert) },
      { index: 4, command: observationOf(alert) },
      { index: 6, command: observationOf(old) },
      { index: 7, command: observationOf({ ...over, status: 'firing' }) },
    ],
  });
  expect(result).toMatchObject({
    accepted: 1,
    duplicates: 1,
    dropped: [
      { index: 6, reason: 'older_episode' },
      { index: 7, reason: 'episode_resolved' },
    ],
  });
});

test('ten copies at once make one firing', async () => {
  await using node = await openIngestNode(database.url);
  const alert = anAlert();
  const results = await Promise.all(Array.from({ length: 10 }, () => node.acceptor.accept(aRequest(alert))));
  expect(results.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(1);
  expect(results.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(9);
  expect(await typesOf(node, alert)).toEqual(['AlertFired']);
});

test('two processes that get the same alerts make one episode of each and swallow none', async () => {
  await using a = await openIngestNode(database.url);
  await using b = await openIngestNode(database.url);
  expect(a.writer.lane).not.toBe(b.writer.lane);
  const alerts = Array.from({ length: 200 }, () => anAlert());
  const results = await Promise.all(
    alerts.flatMap((alert) => [a, b, a, b].map(({ acceptor }) => acceptor.accept(aRequest(alert)))),
  );
  expect(results.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(200);
  expect(results.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(600);
  for (const alert of alerts) expect(await typesOf(a, alert)).toEqual(['AlertFired']);
});

test('two processes that get an episode in pieces agree on its end', async () => {
  await using a = await openIngestNode(database.url);
  await using b = await openIngestNode(database.url);
  const fingerprint = anAlert().fingerprint;
  const starts = Array.from({ length: 20 }, (_, i) =>
    new Date(Date.UTC(2026, 0, 1) + i * 1_000).toISOString(),
  );
  await Promise.all(
    starts.flatMap((startsAt) => [
      a.acceptor.accept(aRequest(anAlert({ fingerprint, startsAt }))),
      b.acceptor.accept(aRequest(anAlert({ fingerprint, startsAt, status: 'resolved' }))),
      b.acceptor.accept(aRequest(anAlert({ fingerprint, startsAt }))),
    ]),
  );
  const events = await a.log.readStream(alertStreamOf(anAlert({ fingerprint })));
  expect(events.map(({ version }) => version)).toEqual(events.map((_, index) => index));
  expect(events.at(-1)?.body).toMatchObject({
    type: 'AlertResolved',
    data: { alert: { startsAt: starts.at(-1) } },
  });
});

test('a clear after a reload goes to the incident that the firing went to', async () => {
  await using node = await openIngestNode(database.url);
  const alert = anAlert();
  await node.acceptor.accept(aRequest(alert));
  const config = { ...aConfig({ routes: [], route: () => [], find: () => undefined }), version: 2 };
  await node.acceptor.accept({ ...aRequest({ ...alert, status: 'resolved' }), config });
  const bodies = (await node.log.readStream(alertStreamOf(alert))).map(({ body }) => body);
  const incidents = byTeam().route(alert);
  expect(bodies).toMatchObject([
    { type: 'AlertFired', data: { configVersion: 1, incidents } },
    { type: 'AlertResolved', data: { configVersion: 1, incidents } },
  ]);
  expect(incidents).toHaveLength(1);
});

test('an alert whose last event cannot be read is paged anew and blocks no neighbour', async () => {
  await using node = await openIngestNode(database.url);
  const [unreadable, neighbour] = [anAlert(), anAlert()];
  await storeUnreadable(alertStreamOf(unreadable));
  expect(await node.acceptor.accept(aRequest(unreadable, neighbour))).toMatchObject({ accepted: 2 });
  const heads = await node.log.readHeads([alertStreamOf(unreadable)]);
  expect(heads.get(alertStreamOf(unreadable))).toMatchObject({ version: 1, body: { type: 'AlertFired' } });
});

/** As a newer release might have written it. */
async function storeUnreadable(stream: string): Promise<void> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query(
      `INSERT INTO event_log (lane, position, stream_id, version, type, schema_version, event_id, hlc, data, metadata)
       VALUES (999, 0, $1, 0, 'AlertFired', 99, gen_random_uuid(), 0, '{}', '{}')`,
      [stream],
    );
  } finally {
    await client.end();
  }
}

test('more than may wait is refused at once, and what waits is accepted', async () => {
  await using node = await openIngestNode(database.url);
  const batches = Array.from({ length: 20 }, () =>
    aRequest(...Array.from({ length: 1_000 }, () => anAlert())),
  );
  const accepting = batches.map((request) => node.acceptor.accept(request));
  const refused = await node.acceptor.accept(aRequest(anAlert())).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'overloaded', retryAfterMs: 1_000 });
  const results = await Promise.all(accepting);
  expect(results.every(({ accepted }) => accepted === 1_000)).toBe(true);
  await eventually(() => (node.acceptor.queued() === 0 ? true : undefined));
});

test('a critical alert is on disk before most of what waits longer', async () => {
  await using node = await openIngestNode(database.url);
  let answered = 0;
  const infos = Array.from({ length: 15 }, async () => {
    await node.acceptor.accept(
      aRequest(...Array.from({ length: 1_000 }, () => anAlert({ severity: 'info' }))),
    );
    answered += 1;
  });
  expect(await node.acceptor.accept(aRequest(anAlert()))).toMatchObject({ accepted: 1 });
  expect(answered).toBeLessThan(6);
  await Promise.all(infos);
});

test('a request that can never be written does not take its neighbours along', async () => {
  const config = aConfig({
    routes: [],
    find: () => undefined,
    route: (alert) => {
      if (alert.labels.team === 'poison') throw new Error('no way');
      return byTeam().route(alert);
    },
  });
  await using node = await openIngestNode(database.url);
  const poison = anAlert({ labels: { team: 'poison' } });
  const results = await Promise.allSettled(
    [anAlert(), anAlert(), poison, anAlert()].map((alert) =>
      node.acceptor.accept({ ...aRequest(alert), config }),
    ),
  );
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
});

test('while the store is away a batch is refused at once, not request by request', async () => {
  let tries = 0;
  const around = (writer: LaneWriter): LaneWriter => ({
    ...writer,
    lane: writer.lane,
    async appendAll() {
      tries += 1;
      throw new TocsinError('store_unavailable');
    },
  });
  await using node = await openIngestNode(database.url, { around });
  const codes = await Promise.all(
    Array.from({ length: 50 }, () => node.acceptor.accept(aRequest(anAlert())).catch(errorCodeOf)),
  );
  expect(new Set(codes)).toEqual(new Set(['store_unavailable']));
  // the first two requests find the acceptor idle, all others wait for them
  expect(tries).toBeLessThanOrEqual(3);
});

test('only what made an event says where that is', async () => {
  await using node = await openIngestNode(database.url);
  const alert = anAlert();
  // the first two keep the acceptor busy, so that the others come into one batch
  const [, , fired, repeated] = await Promise.all(
    [anAlert(), anAlert(), alert, alert].map((it) => node.acceptor.accept(aRequest(it))),
  );
  const somewhere = { [node.writer.lane]: expect.any(Number) };
  expect(fired?.positions).toEqual(somewhere);
  expect(repeated?.positions).toEqual({});
  const both = await node.acceptor.accept(aRequest(anAlert(), alert));
  expect(both).toMatchObject({ accepted: 1, duplicates: 1 });
  expect(both.positions[node.writer.lane]).toBeGreaterThan(fired?.positions[node.writer.lane] ?? 0);
});

test('a head that another process has made old is read anew', async () => {
  const remembered = new Map<string, AlertHead>();
  const heads = (log: IngestNode['log']): AlertHeads => {
    const fromLog = headsFromLog({ log, logger: quietLogger(), metrics: createMetrics() });
    return {
      async read(streams) {
        const unknown = streams.filter((stream) => !remembered.has(stream));
        for (const [stream, head] of await fromLog.read(unknown)) remembered.set(stream, head);
        return remembered;
      },
      wrote() {},
      forget: (streams) => streams.forEach((stream) => void remembered.delete(stream)),
    };
  };
  await using a = await openIngestNode(database.url, { heads });
  await using b = await openIngestNode(database.url);
  const alert = anAlert();
  const over: Alert = { ...alert, status: 'resolved' };
  await b.acceptor.accept(aRequest(alert));
  expect(await a.acceptor.accept(aRequest(alert))).toMatchObject({ duplicates: 1 });
  await b.acceptor.accept(aRequest({ ...alert, annotations: { summary: 'worse' } }));
  expect(await a.acceptor.accept(aRequest(over))).toMatchObject({ accepted: 1 });
  expect((await typesOf(a, alert)).at(-1)).toBe('AlertResolved');
});

test('a stream that others always write first ends in a conflict for its sender alone', async () => {
  const unlucky = anAlert();
  const around = (writer: LaneWriter): LaneWriter => ({
    ...writer,
    lane: writer.lane,
    async appendAll(requests) {
      const stream = alertStreamOf(unlucky);
      const written = await writer.appendAll(requests.filter((request) => request.stream !== stream));
      return requests.map((request) =>
        request.stream === stream ? { kind: 'stale' } : (written.shift() ?? { kind: 'stale' }),
      );
    },
  });
  await using node = await openIngestNode(database.url, { around });
  const first = node.acceptor.accept(aRequest(anAlert()));
  const lucky = node.acceptor.accept(aRequest(anAlert()));
  const failed = await node.acceptor.accept(aRequest(unlucky)).catch(errorCodeOf);
  expect(failed).toBe('version_conflict');
  expect(await first).toMatchObject({ accepted: 1 });
  expect(await lucky).toMatchObject({ accepted: 1 });
});

test('after close nothing is accepted and everything that was is answered', async () => {
  await using node = await openIngestNode(database.url);
  let answered = 0;
  for (let count = 0; count < 50; count += 1) {
    void node.acceptor.accept(aRequest(anAlert())).then(({ accepted }) => {
      answered += accepted;
    });
  }
  await node.acceptor.close();
  expect(answered).toBe(50);
  expect(await node.acceptor.accept(aRequest(anAlert())).catch(errorCodeOf)).toBe('shutting_down');
});
