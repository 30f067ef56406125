import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SourceConfig, TocsinConfig } from '../../config/config.ts';
import type { SenderCommand } from '../../domain/alert/command.ts';
import { TocsinError } from '../../domain/errors.ts';
import { alertStreamOf } from '../../domain/ids.ts';
import { createMatcher } from '../../domain/matcher/matcher.ts';
import { checkHeartbeats } from '../../ingest/check-heartbeats.ts';
import { type Heartbeats, openHeartbeats } from '../../ingest/heartbeats.ts';
import { sourceSilentIdentity } from '../../ingest/source-silent.ts';
import { openDatabase } from '../../store/database.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { eventually } from '../support/eventually.ts';
import { aConfig, anAlert, type IngestNode, openIngestNode, prometheus } from '../support/ingest.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { openTestStore, type TestStore } from '../support/test-store.ts';

// Time passes by moving what the database remembers into the past: the looks use its clock alone.

let store: TestStore;
let node: IngestNode;
beforeEach(async () => {
  store = await openTestStore();
  node = await openIngestNode(store.url);
});
afterEach(async () => {
  await node[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
});

const beating: SourceConfig = {
  ...prometheus,
  heartbeat: { everyMs: 300_000, severity: 'critical', match: [] },
};
const withHeartbeat: TocsinConfig = { ...aConfig(), sources: [beating] };
const logger = quietLogger();

const accept = (commands: readonly SenderCommand[]) => node.accept(commands);
const look = (config = withHeartbeat, through = accept) =>
  checkHeartbeats({ config, database: store.database, accept: through, logger });

async function pass(minutes: number): Promise<void> {
  await store.database.query(
    `UPDATE source_heartbeats SET heard_at = heard_at - $1 * interval '1 minute',
       silent_since = silent_since - $1 * interval '1 minute'`,
    [minutes],
  );
  await store.database.query(`UPDATE heartbeat_watch SET since = since - $1 * interval '1 minute'`, [
    minutes,
  ]);
}

async function hear(source = beating): Promise<void> {
  await using heartbeats = disposable(open(store.database));
  heartbeats.heard(source, [], Date.now());
}

function open(
  database = store.database,
  options: { isHolder?: boolean; config?: TocsinConfig } = {},
): Heartbeats {
  const { isHolder = false, config = withHeartbeat } = options;
  return openHeartbeats({
    config: () => config,
    database,
    accept,
    isHolder: () => isHolder,
    metrics: createMetrics(),
    logger,
    now: Date.now,
    tickMs: 20,
  });
}

function disposable(heartbeats: Heartbeats): Heartbeats & AsyncDisposable {
  return { ...heartbeats, [Symbol.asyncDispose]: () => heartbeats.close() };
}

async function history(): Promise<string[]> {
  const stream = alertStreamOf(sourceSilentIdentity({ tenant: 'default', source: 'prometheus' }));
  return (await node.log.readStream(stream)).map(({ body }) => body.type);
}

test('a source that was never heard counts from the first look', async () => {
  expect(await look()).toBe(0);
  await pass(4.9);
  expect(await look()).toBe(0);
  expect(await history()).toEqual([]);
  await pass(0.2);
  expect(await look()).toBe(1);
  expect(await history()).toEqual(['AlertFired']);
});

test('silence raises one alert, being heard clears it, and the next silence is another episode', async () => {
  await look();
  await pass(6);
  for (let i = 0; i < 3; i += 1) expect(await look()).toBe(1);
  expect(await history()).toEqual(['AlertFired']);
  await hear();
  expect(await look()).toBe(0);
  expect(await history()).toEqual(['AlertFired', 'AlertResolved']);
  await look();
  await pass(6);
  await look();
  expect(await history()).toEqual(['AlertFired', 'AlertResolved', 'AlertFired']);
});

test('a source that goes on being heard raises nothing', async () => {
  for (let i = 0; i < 5; i += 1) {
    await look();
    await pass(4);
    await hear();
  }
  expect(await look()).toBe(0);
  expect(await history()).toEqual([]);
});

test('the alert says which source, how severe, and what to do', async () => {
  await look();
  await pass(6);
  const commands: SenderCommand[] = [];
  await look(withHeartbeat, async (some) => {
    commands.push(...some);
    return accept(some);
  });
  expect(commands).toEqual([
    {
      kind: 'observe',
      alert: expect.objectContaining({
        tenant: 'default',
        source: 'prometheus',
        status: 'firing',
        severity: 'critical',
        labels: { alertname: 'SourceSilent', source: 'prometheus', severity: 'critical' },
        annotations: {
          summary: 'source prometheus was not heard for 5m',
          description: expect.stringContaining('check the sender'),
        },
      }),
    },
  ]);
});

test('what could not be accepted is raised by the next look, also of another process', async () => {
  await look();
  await pass(6);
  const failing = () => Promise.reject(new TocsinError('overloaded'));
  await expect(look(withHeartbeat, failing)).rejects.toThrow();
  expect(await history()).toEqual([]);
  expect(await look()).toBe(1);
  expect(await history()).toEqual(['AlertFired']);
  await hear();
  await expect(look(withHeartbeat, failing)).rejects.toThrow();
  expect(await look()).toBe(0);
  expect(await history()).toEqual(['AlertFired', 'AlertResolved']);
});

test('two processes that look at once raise one alert', async () => {
  await look();
  await pass(6);
  await Promise.all([look(), look(), look()]);
  expect(await history()).toEqual(['AlertFired']);
});

test('time in which nobody could look counts for nobody', async () => {
  await look();
  await pass(10);
  await store.database.query(`UPDATE heartbeat_watch SET looked_at = now() - interval '10 minutes'`);
  expect(await look()).toBe(0);
  await pass(4);
  expect(await look()).toBe(0);
  await pass(2);
  expect(await look()).toBe(1);
  expect(await history()).toEqual(['AlertFired']);
});

test('an alert that was raised before such a time stays until the source is heard', async () => {
  await look();
  await pass(6);
  await look();
  await store.database.query(`UPDATE heartbeat_watch SET looked_at = now() - interval '10 minutes'`);
  expect(await look()).toBe(1);
  expect(await history()).toEqual(['AlertFired']);
});

test('a source that need not be heard any more is cleared and forgotten', async () => {
  await look();
  await pass(6);
  await look();
  const without = { ...withHeartbeat, sources: [prometheus] };
  expect(await look(without)).toBe(0);
  expect(await history()).toEqual(['AlertFired', 'AlertResolved']);
  await look(without);
  expect(await store.database.query('SELECT * FROM source_heartbeats')).toEqual([]);
  await look();
  expect(await history()).toEqual(['AlertFired', 'AlertResolved']);
});

test('where a heartbeat has matchers only firing alerts that match count', async () => {
  const watchdog: SourceConfig = {
    ...prometheus,
    heartbeat: {
      everyMs: 300_000,
      severity: 'error',
      match: [createMatcher({ name: 'alertname', operator: '=', value: 'Watchdog' })],
    },
  };
  const config = { ...aConfig(), sources: [watchdog] };
  const send = async (...commands: SenderCommand[]) => {
    await using heartbeats = disposable(open(store.database, { config }));
    heartbeats.heard(
      watchdog,
      commands.map((command, index) => ({ index, command })),
      Date.now(),
    );
  };
  await look(config);
  await pass(6);
  const labels = { alertname: 'Watchdog' };
  await send({ kind: 'observe', alert: anAlert() });
  await send({ kind: 'observe', alert: anAlert({ labels, status: 'resolved' }) });
  await send();
  expect(await look(config)).toBe(1);
  await send({ kind: 'observe', alert: anAlert() }, { kind: 'observe', alert: anAlert({ labels }) });
  expect(await look(config)).toBe(0);
});

test('only the holder looks, and it writes what it heard before', async () => {
  await look();
  await pass(6);
  await using bystander = disposable(open());
  bystander.heard(beating, [], Date.now() - 60_000);
  await eventually(async () => ((await heardAgo()) < 120_000 ? true : undefined));
  await pass(6);
  // The second is written one tick after the first, so the bystander has come past its look in between.
  for (const name of ['one', 'two']) {
    bystander.heard({ ...beating, name }, [], Date.now());
    await eventually(async () => ((await knows(name)) ? true : undefined));
  }
  expect(await history()).toEqual([]);
  await using holder = disposable(open(store.database, { isHolder: true }));
  holder.heard({ ...beating, name: 'other' }, [], Date.now());
  await eventually(async () => ((await history()).length === 1 ? true : undefined));
});

test('what was heard while the database was away is written when it is back, and raises nothing', async () => {
  const url = new URL(store.url);
  await using proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  const database = openDatabase({ url: url.toString(), logger, applicationName: 'heartbeats-test' });
  await look();
  await using heartbeats = disposable(open(database, { isHolder: true }));
  await pass(4);
  proxy.refuse(true);
  proxy.cutAll();
  await expect(database.query('SELECT 1')).rejects.toThrow();
  heartbeats.heard(beating, [], Date.now());
  await pass(10);
  await store.database.query(`UPDATE heartbeat_watch SET looked_at = now() - interval '10 minutes'`);
  proxy.refuse(false);
  await eventually(async () => ((await heardAgo()) < 60_000 ? true : undefined));
  expect(await look()).toBe(0);
  expect(await history()).toEqual([]);
  await heartbeats.close();
  await database.close();
});

async function knows(source: string): Promise<boolean> {
  const rows = await store.database.query('SELECT FROM source_heartbeats WHERE source = $1', [source]);
  return rows.length > 0;
}

/** Milliseconds since the source was heard, as written. */
async function heardAgo(): Promise<number> {
  const [row] = await store.database.query<{ ms: string }>(
    `SELECT extract(epoch FROM now() - heard_at) * 1000 AS ms FROM source_heartbeats WHERE source = 'prometheus'`,
  );
  return Number(row?.ms);
}
