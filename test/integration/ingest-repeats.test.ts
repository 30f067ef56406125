import { afterAll, beforeAll, expect, test } from 'vitest';
import { alertStreamOf } from '../../domain/ids.ts';
import { createTestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { anAlert, aRequest, type IngestNode, openIngestNode } from '../support/ingest.ts';

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
