import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { errorCodeOf } from '../../domain/errors.ts';
import { alertStreamOf } from '../../domain/ids.ts';
import type { LaneWriter } from '../../store/lane-writer.ts';
import { createTestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { aConfig, anAlert, aRequest, byTeam, type IngestNode, openIngestNode } from '../support/ingest.ts';

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
  const request = { ...aRequest(alert), metadata: { requestId: 'r-1', traceparent: '00-a-b-01' } };
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
    alerts: [
      { index: 1, alert },
      { index: 4, alert },
      { index: 6, alert: old },
      { index: 7, alert: { ...over, status: 'firing' } },
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
  let config = aConfig();
  await using node = await openIngestNode(database.url, { config: () => config });
  const alert = anAlert();
  await node.acceptor.accept(aRequest(alert));
  config = { ...aConfig({ routes: [], route: () => [] }), version: 2 };
  await node.acceptor.accept(aRequest({ ...alert, status: 'resolved' }));
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
      `INSERT INTO events (lane, position, stream_id, version, type, schema_version, event_id, hlc, data, metadata)
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

test('a request that can never be written does not take its neighbours along', async () => {
  const config = aConfig({
    routes: [],
    route: (alert) => {
      if (alert.labels.team === 'poison') throw new Error('no way');
      return byTeam().route(alert);
    },
  });
  await using node = await openIngestNode(database.url, { config: () => config });
  const poison = anAlert({ labels: { team: 'poison' } });
  const results = await Promise.allSettled([
    node.acceptor.accept(aRequest(anAlert())),
    node.acceptor.accept(aRequest(anAlert())),
    node.acceptor.accept(aRequest(poison)),
    node.acceptor.accept(aRequest(anAlert())),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
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
  const accepting = Array.from({ length: 50 }, () => node.acceptor.accept(aRequest(anAlert())));
  await node.acceptor.close();
  expect((await Promise.all(accepting)).every(({ accepted }) => accepted === 1)).toBe(true);
  expect(await node.acceptor.accept(aRequest(anAlert())).catch(errorCodeOf)).toBe('shutting_down');
});
