import { afterAll, beforeAll, expect, test } from 'vitest';
import { TocsinError } from '../../domain/errors.ts';
import { alertStreamOf } from '../../domain/ids.ts';
import { type AlertHeads, headsFromLog } from '../../ingest/alert-head.ts';
import type { LaneWriter } from '../../store/lane-writer.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { createTestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { anAlert, aRequest, type IngestNode, openIngestNode } from '../support/ingest.ts';
import { quietLogger } from '../support/quiet-logger.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

async function summaryOf({ log }: IngestNode, alert: ReturnType<typeof anAlert>): Promise<string[]> {
  const events = await log.readStream(alertStreamOf(alert));
  return events.map(({ body }) => ('count' in body.data ? `${body.type} ${body.data.count}` : body.type));
}

async function repeat(node: IngestNode, alert: ReturnType<typeof anAlert>, times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) {
    expect(await node.acceptor.accept(aRequest(alert))).toMatchObject({ duplicates: 1 });
  }
}

test('repeats are written once a minute as the total of the episode', async () => {
  const clock = { nowMs: Date.now() };
  await using node = await openIngestNode(database.url, { now: () => clock.nowMs });
  const alert = anAlert();
  await node.acceptor.accept(aRequest(alert));
  await repeat(node, alert, 3);
  expect(await summaryOf(node, alert)).toEqual(['AlertFired']);
  clock.nowMs += 60_000;
  await eventually(async () => {
    expect(await summaryOf(node, alert)).toEqual(['AlertFired', 'AlertRepeated 3']);
    return true;
  });
  await repeat(node, alert, 2);
  clock.nowMs += 60_000;
  await eventually(async () => {
    expect(await summaryOf(node, alert)).toEqual(['AlertFired', 'AlertRepeated 3', 'AlertRepeated 5']);
    return true;
  });
});

test('what could not be written is written with the next count', async () => {
  const clock = { nowMs: Date.now() };
  let failures = 0;
  const around = (writer: LaneWriter): LaneWriter => ({
    ...writer,
    lane: writer.lane,
    isHealthy: () => writer.isHealthy(),
    async appendAll(requests) {
      const isRepeat = requests.some(({ events }) => events[0]?.body.type === 'AlertRepeated');
      if (!isRepeat || failures > 0) return writer.appendAll(requests);
      failures += 1;
      throw new TocsinError('store_unavailable');
    },
  });
  await using node = await openIngestNode(database.url, { now: () => clock.nowMs, around });
  const alert = anAlert();
  await node.acceptor.accept(aRequest(alert));
  await repeat(node, alert, 3);
  clock.nowMs += 60_000;
  await eventually(() => (failures === 1 ? true : undefined));
  await repeat(node, alert, 1);
  clock.nowMs += 60_000;
  await eventually(async () => {
    expect(await summaryOf(node, alert)).toEqual(['AlertFired', 'AlertRepeated 4']);
    return true;
  });
});

test('a shutdown writes what was counted', async () => {
  const alert = anAlert();
  {
    await using node = await openIngestNode(database.url);
    await node.acceptor.accept(aRequest(alert));
    await repeat(node, alert, 4);
  }
  await using node = await openIngestNode(database.url);
  expect(await summaryOf(node, alert)).toEqual(['AlertFired', 'AlertRepeated 4']);
});

test('repeats that come while others are being decided are all counted', async () => {
  const alert = anAlert();
  const allRead = Promise.withResolvers<void>();
  const heads = (log: IngestNode['log']): AlertHeads => {
    const fromLog = headsFromLog({ log, logger: quietLogger(), metrics: createMetrics() });
    return {
      ...fromLog,
      async read(streams) {
        const known = await fromLog.read(streams);
        if (known.size > 0) await allRead.promise;
        return known;
      },
    };
  };
  {
    await using node = await openIngestNode(database.url, { heads });
    await node.acceptor.accept(aRequest(alert));
    const repeating = Array.from({ length: 10 }, () => node.acceptor.accept(aRequest(alert)));
    // whatever is read beside the first has been read after these
    for (let count = 0; count < 5; count += 1) await node.log.readHeads([alertStreamOf(alert)]);
    allRead.resolve();
    await Promise.all(repeating);
  }
  await using node = await openIngestNode(database.url);
  expect(await summaryOf(node, alert)).toEqual(['AlertFired', 'AlertRepeated 10']);
});

test('two processes that count the same alert add up', async () => {
  const alert = anAlert();
  {
    await using a = await openIngestNode(database.url);
    await using b = await openIngestNode(database.url);
    await a.acceptor.accept(aRequest(alert));
    await repeat(a, alert, 2);
    await repeat(b, alert, 3);
    await Promise.all([a.acceptor.close(), b.acceptor.close()]);
  }
  await using node = await openIngestNode(database.url);
  expect((await summaryOf(node, alert)).at(-1)).toBe('AlertRepeated 5');
});

test('a change in between does not set the total back, not even for a fresh process', async () => {
  const alert = anAlert();
  const changed = { ...alert, annotations: { summary: 'worse' } };
  {
    await using node = await openIngestNode(database.url);
    await node.acceptor.accept(aRequest(alert));
    await repeat(node, alert, 2);
    await node.acceptor.close();
  }
  {
    await using node = await openIngestNode(database.url);
    await node.acceptor.accept(aRequest(changed));
    await repeat(node, changed, 1);
  }
  await using node = await openIngestNode(database.url);
  expect(await summaryOf(node, alert)).toEqual([
    'AlertFired',
    'AlertRepeated 2',
    'AlertChanged',
    'AlertRepeated 3',
  ]);
});

test('repeats of an episode that another process saw clear are forgotten', async () => {
  const alert = anAlert();
  {
    await using a = await openIngestNode(database.url);
    await using b = await openIngestNode(database.url);
    await a.acceptor.accept(aRequest(alert));
    await repeat(a, alert, 2);
    await b.acceptor.accept(aRequest({ ...alert, status: 'resolved' }));
  }
  await using node = await openIngestNode(database.url);
  expect(await summaryOf(node, alert)).toEqual(['AlertFired', 'AlertResolved']);
});
