import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { startRedis } from '../../dev/redis.ts';
import { incidentStreamOf } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { openRedisTier } from '../../views/cache/redis-tier.ts';
import { readIncident } from '../../views/fold-incident.ts';
import { projectIncident } from '../../views/incident-projector.ts';
import { createQueries } from '../../views/queries.ts';
import { createViewCaches, type ViewCaches } from '../../views/view-caches.ts';
import { createTestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import type { QueryProcessReport } from '../support/query-process.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { createScratchDir } from '../support/scratch-dir.ts';
import { anAlert, anAlertEvent } from '../support/view-alerts.ts';
import { anAttempt, openedMs, openIncident } from '../support/view-incidents.ts';
import { appendAlerts, appendTo, openViewStage, type ViewStage } from '../support/view-stage.ts';

const redisUrl = inject('redisUrl');
const tenant = 'default';
const everything = { tenant, limit: 50 };
const acknowledged = {
  type: 'IncidentAcknowledged' as const,
  data: { at: new Date(openedMs + 5_000).toISOString(), by: 'amy' },
};

/** With it the tier in the process forgets nothing by itself. */
const stoppedClock = () => 1_000;

interface ServerOptions {
  readonly url?: string;
  readonly prefix?: string;
  /** Of the tier in the process. */
  readonly now?: () => number;
}

/** Caches and queries as one process has them, connected to Redis where a URL is given. */
async function aServer(stage: ViewStage, { url, prefix = '', now }: ServerOptions = {}) {
  const metrics = createMetrics();
  const redis =
    url === undefined ? undefined : openRedisTier({ url, prefix, logger: quietLogger(), metrics });
  onTestFinished(() => redis?.close());
  if (redis !== undefined) await eventually(() => (redis.isReady() ? true : undefined));
  const parts = { metrics, ...(redis !== undefined && { redis }), ...(now !== undefined && { now }) };
  const caches = createViewCaches(parts);
  const loads = async (view: string) =>
    (await metrics.cacheLoads.get()).values.find(({ labels }) => labels.view === view)?.value ?? 0;
  return { caches, loads, queries: createQueries({ ...stage, caches }) };
}

function project(stage: ViewStage, id: string, caches?: ViewCaches) {
  const onProjected = caches?.incidentChanged;
  return projectIncident({ ...stage, now: Date.now, ...(onProjected && { onProjected }) }, id);
}

async function acknowledge(stage: ViewStage, id: string): Promise<number> {
  const version = (await readIncident(stage.log, id))?.incident.version ?? -1;
  await appendTo(await stage.openLane('record'), incidentStreamOf(id), version, [acknowledged]);
  return version + 1;
}

/** An incident that is projected, on a database of its own. */
async function anIncident(stage: ViewStage): Promise<string> {
  const id = await openIncident(await stage.openLane('record'));
  await project(stage, id);
  return id;
}

describe('the timeline', () => {
  it('shows the version that its reader has seen, and an older one only to those who have not', async () => {
    await using db = await createTestDatabase();
    await using stage = await openViewStage(db.url);
    const id = await anIncident(stage);
    const { queries } = await aServer(stage, { now: stoppedClock });
    const before = await queries.getTimeline({ tenant, id });
    const version = await acknowledge(stage, id);
    expect(await queries.getTimeline({ tenant, id })).toEqual(before);
    const seen = await queries.getTimeline({ tenant, id, minVersion: version });
    expect(seen.items.at(-1)).toMatchObject({ kind: 'IncidentAcknowledged', version });
    expect(await queries.getTimeline({ tenant, id })).toEqual(seen);
    expect(await queries.getTimeline({ tenant, id, minVersion: version + 50 })).toEqual(seen);
  });

  it('shows an attempt that came without a version when the time to live is over', async () => {
    await using db = await createTestDatabase();
    await using stage = await openViewStage(db.url);
    const id = await anIncident(stage);
    const clock = { ms: 1_000 };
    const { queries } = await aServer(stage, { now: () => clock.ms });
    const kinds = async () => (await queries.getTimeline({ tenant, id })).items.map(({ kind }) => kind);
    expect(await kinds()).not.toContain('DeliveryAttempted');
    const key = (await readIncident(stage.log, id))?.incident.pending[0]?.key ?? '';
    const attempt = anAttempt({ key, incidentId: id });
    await appendTo(await stage.openLane('record'), attempt.stream, -1, [attempt.body]);
    clock.ms += limits.listTtlMs - 1;
    expect(await kinds()).not.toContain('DeliveryAttempted');
    clock.ms += 2;
    expect(await kinds()).toContain('DeliveryAttempted');
  });

  it('is loaded once for many readers, and tells no other tenant that it is there', async () => {
    await using db = await createTestDatabase();
    await using stage = await openViewStage(db.url);
    const id = await anIncident(stage);
    const { queries, loads } = await aServer(stage);
    await Promise.all(Array.from({ length: 50 }, () => queries.getTimeline({ tenant, id })));
    expect(await loads('timeline')).toBe(1);
    const notFound = expect.objectContaining({ code: 'incident_not_found' });
    await expect(queries.getTimeline({ tenant: 'acme', id })).rejects.toThrow(notFound);
  });
});

describe('lists', () => {
  it('are never older than their time to live, though nobody told of the change', async () => {
    await using db = await createTestDatabase();
    await using stage = await openViewStage(db.url);
    const id = await anIncident(stage);
    const clock = { ms: 1_000 };
    const { queries } = await aServer(stage, { now: () => clock.ms });
    const state = async () => (await queries.listIncidents(everything)).items[0]?.state;
    expect(await state()).toBe('open');
    await acknowledge(stage, id);
    await project(stage, id);
    clock.ms += limits.listTtlMs - 1;
    expect(await state()).toBe('open');
    clock.ms += 2;
    expect(await state()).toBe('acknowledged');
  });

  it('show an alert as soon as this process has folded it', async () => {
    await using db = await createTestDatabase();
    await using stage = await openViewStage(db.url);
    const writer = await stage.openLane();
    const { caches, queries } = await aServer(stage, { now: stoppedClock });
    const folder = stage.openFolder(writer.lane, { onAlertsFolded: caches.alertsChanged });
    expect((await queries.listAlerts(everything)).items).toEqual([]);
    const fired = anAlertEvent('AlertFired', { alert: anAlert() });
    folder.accept(await appendAlerts(stage, writer, [fired]));
    await folder.flush();
    expect((await queries.listAlerts(everything)).items).toHaveLength(1);
  });

  it('keep pages of different queries apart', async () => {
    await using db = await createTestDatabase();
    await using stage = await openViewStage(db.url);
    const ids = [await anIncident(stage), await anIncident(stage), await anIncident(stage)];
    const { queries } = await aServer(stage, { now: stoppedClock });
    const one = await queries.listIncidents({ tenant, limit: 1 });
    const rest = await queries.listIncidents({ tenant, limit: 2, cursor: one.next_cursor ?? '' });
    expect(new Set([...one.items, ...rest.items].map(({ id }) => id))).toEqual(new Set(ids));
    expect((await queries.listIncidents({ tenant, limit: 50, state: 'resolved' })).items).toEqual([]);
    expect((await queries.listIncidents({ tenant: 'acme', limit: 1 })).items).toEqual([]);
  });
});

describe.skipIf(redisUrl === '')('with Redis (skipped where the machine has no redis-server)', () => {
  it('lists and timeline are loaded once for 1,800 cold reads in 3 processes', async () => {
    await using db = await createTestDatabase();
    await using stage = await openViewStage(db.url);
    const id = await anIncident(stage);
    const file = new URL('../support/query-process.ts', import.meta.url);
    const args = [db.url, redisUrl, aPrefix(), id, '200'];
    const children = Array.from({ length: 3 }, () => fork(file, args));
    onTestFinished(() => {
      for (const child of children) child.kill('SIGKILL');
    });
    await Promise.all(children.map((child) => once(child, 'message')));
    const began = performance.now();
    const reports = await Promise.all(children.map(askAll));
    // on a busy machine the last process may come so late that the first one's page is too old for it
    const lifetimes = Math.floor((performance.now() - began) / limits.listTtlMs);
    for (const view of ['incident_list', 'alert_list', 'timeline']) {
      const total = reports.reduce((sum, { loads }) => sum + (loads[view] ?? 0), 0);
      expect(total).toBeGreaterThanOrEqual(1);
      expect(total).toBeLessThanOrEqual(1 + lifetimes);
    }
    const counts = reports.flatMap((report) => report.counts);
    expect(counts).toHaveLength(1_800);
    expect(new Set(counts)).toEqual(new Set([1, 0, 4]));
  });

  it("a worker's projection renews the list and the timeline of a server that would forget neither", async () => {
    await using db = await createTestDatabase();
    await using stage = await openViewStage(db.url);
    const id = await anIncident(stage);
    const prefix = aPrefix();
    const worker = await aServer(stage, { url: redisUrl, prefix });
    const server = await aServer(stage, { url: redisUrl, prefix, now: stoppedClock });
    const list = async () => (await server.queries.listIncidents(everything)).items[0]?.state;
    const timeline = async () => (await server.queries.getTimeline({ tenant, id })).items.at(-1)?.kind;
    expect([await list(), await timeline()]).toEqual(['open', 'NotificationRequested']);
    await acknowledge(stage, id);
    await eventually(async () => {
      // again, in case the server had not subscribed yet
      await project(stage, id, worker.caches);
      return (await list()) === 'acknowledged' ? true : undefined;
    });
    await eventually(async () => ((await timeline()) === 'IncidentAcknowledged' ? true : undefined));
  });

  it('no query fails and none is older than it may be when Redis is killed midway', async () => {
    await using db = await createTestDatabase();
    await using stage = await openViewStage(db.url);
    const id = await anIncident(stage);
    using dir = createScratchDir();
    const redis = await startRedis({ dir: dir.path, logFile: `${dir.path}/redis.log` });
    const prefix = aPrefix();
    const server = await aServer(stage, { url: redis.url, prefix });
    const worker = await aServer(stage, { url: redis.url, prefix });
    const reader = askWithoutPause(server.queries, id);
    await eventually(() => (reader.count() > 100 ? true : undefined));
    process.kill(redis.pid, 'SIGKILL');
    await redis.exited;
    const version = await acknowledge(stage, id);
    await project(stage, id, worker.caches);
    const seen = await server.queries.getTimeline({ tenant, id, minVersion: version });
    expect(seen.items.at(-1)).toMatchObject({ kind: 'IncidentAcknowledged' });
    await eventually(async () => {
      const { items } = await server.queries.listIncidents(everything);
      return items[0]?.state === 'acknowledged' ? true : undefined;
    }, limits.listTtlMs * 4);
    const atKill = reader.count();
    await eventually(() => (reader.count() > atKill + 100 ? true : undefined));
    await reader.stop();
    expect(reader.failures()).toEqual([]);
  });
});

function aPrefix(): string {
  return `test-${randomUUID()}`;
}

async function askAll(child: ChildProcess): Promise<QueryProcessReport> {
  const answer = once(child, 'message');
  child.send('go');
  const [report] = await answer;
  return report as QueryProcessReport;
}

function askWithoutPause(queries: ReturnType<typeof createQueries>, id: string) {
  let count = 0;
  let stopped = false;
  const failures: unknown[] = [];
  const ask = () => [
    queries.listIncidents(everything),
    queries.listAlerts(everything),
    queries.getTimeline({ tenant, id }),
  ];
  const running = (async () => {
    while (!stopped) {
      const results = await Promise.allSettled(ask());
      failures.push(...results.filter(({ status }) => status === 'rejected'));
      count += results.length;
      // lets the connection notice what happened to it
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  return {
    count: () => count,
    failures: () => failures,
    async stop() {
      stopped = true;
      await running;
    },
  };
}
