import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { startRedis } from '../../dev/redis.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { openRedisTier } from '../../views/cache/redis-tier.ts';
import { createViewCache } from '../../views/cache/view-cache.ts';
import type { CacheProcessReport } from '../support/cache-process.ts';
import { eventually } from '../support/eventually.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { createScratchDir } from '../support/scratch-dir.ts';

const redisUrl = inject('redisUrl');

interface Shown {
  readonly text: string;
}

function shown(version: number) {
  return { version, value: { text: `version ${version}` } };
}

interface CacheOptions {
  readonly mayBeDown?: boolean;
  readonly ttlMs?: number;
  readonly sharedTtlMs?: number;
  readonly now?: () => number;
}

/** A cache as one process would have it, connected unless Redis is down. */
async function aCache(url: string, prefix: string, { mayBeDown = false, ...times }: CacheOptions = {}) {
  const metrics = createMetrics();
  const redis = openRedisTier({ url, prefix, logger: quietLogger(), metrics });
  onTestFinished(() => redis.close());
  if (!mayBeDown) await eventually(() => (redis.isReady() ? true : undefined));
  const cache = createViewCache<Shown>({ view: 'test', shape: 1, redis, metrics, ...times });
  const errors = async () =>
    (await metrics.cacheErrors.get()).values.reduce((sum, { value }) => sum + value, 0);
  return { cache, redis, errors };
}

function aPrefix(): string {
  return `test-${randomUUID()}`;
}

function fails(): Promise<never> {
  return Promise.reject(new Error('nobody should have to load this'));
}

describe.skipIf(redisUrl === '')('with Redis (skipped where the machine has no redis-server)', () => {
  it('loads once for 600 cold reads in 3 processes', async () => {
    const prefix = aPrefix();
    const file = new URL('../support/cache-process.ts', import.meta.url);
    const children = Array.from({ length: 3 }, () => fork(file, [redisUrl, prefix, '200']));
    onTestFinished(() => {
      for (const child of children) child.kill('SIGKILL');
    });
    await Promise.all(children.map((child) => once(child, 'message')));
    const reports = await Promise.all(children.map(readAll));
    expect(reports.reduce((sum, { loads }) => sum + loads, 0)).toBe(1);
    const values = reports.flatMap((report) => report.values);
    expect(values).toHaveLength(600);
    expect(new Set(values)).toEqual(new Set(['loaded']));
  });

  it('drops an older entry in the other process too', async () => {
    const prefix = aPrefix();
    const [one, other] = [await aCache(redisUrl, prefix), await aCache(redisUrl, prefix)];
    await one.cache.read('a', { load: async () => shown(1) });
    expect((await other.cache.read('a', { load: fails }))?.version).toBe(1);
    await eventually(async () => {
      await one.cache.invalidate('a', 2);
      const entry = await other.cache.read('a', { load: async () => shown(2) });
      return entry?.version === 2 ? entry : undefined;
    }, 800);
  });

  it('never lets a stale load win over a newer entry', async () => {
    const prefix = aPrefix();
    const [one, other] = [await aCache(redisUrl, prefix), await aCache(redisUrl, prefix)];
    const { promise, resolve } = Promise.withResolvers<ReturnType<typeof shown>>();
    const started = Promise.withResolvers<void>();
    const stale = one.cache.read('a', {
      load: () => {
        started.resolve();
        return promise;
      },
    });
    await started.promise;
    await other.cache.invalidate('a', 6);
    resolve(shown(5));
    expect((await stale)?.version).toBe(5);
    // knows nothing of the change but what Redis tells
    const third = await aCache(redisUrl, prefix);
    expect((await third.cache.read('a', { load: async () => shown(6) }))?.version).toBe(6);
    expect((await other.cache.read('a', { load: fails }))?.version).toBe(6);
  });

  it('gives a reader with a newer version the newer entry', async () => {
    const prefix = aPrefix();
    const [one, other] = [await aCache(redisUrl, prefix), await aCache(redisUrl, prefix)];
    await one.cache.read('a', { load: async () => shown(1) });
    expect((await other.cache.read('a', { minVersion: 2, load: async () => shown(2) }))?.version).toBe(2);
    expect((await one.cache.read('a', { minVersion: 2, load: fails }))?.version).toBe(2);
  });

  it('keeps a copy of what another process loaded no longer than Redis would have', async () => {
    const prefix = aPrefix();
    const clock = { ms: 1_000 };
    const times = { ttlMs: 60_000, sharedTtlMs: 5_000, now: () => clock.ms };
    const [one, other] = [await aCache(redisUrl, prefix, times), await aCache(redisUrl, prefix, times)];
    await one.cache.read('a', { load: async () => shown(1) });
    await other.cache.read('a', { load: fails });
    const intruder = new Redis(redisUrl);
    onTestFinished(() => intruder.disconnect());
    expect(await intruder.del(`${prefix}:{test.1:a}:entry`)).toBe(1);
    clock.ms += 5_001;
    expect((await other.cache.read('a', { load: async () => shown(2) }))?.version).toBe(2);
    // the one who loaded it has it from the truth itself
    expect((await one.cache.read('a', { load: fails }))?.version).toBe(1);
  });

  it('tells of a burst of changes once, whoever made them', async () => {
    const prefix = aPrefix();
    const [one, other] = [await aCache(redisUrl, prefix), await aCache(redisUrl, prefix)];
    const key = { view: 'test.generation', id: 'acme' };
    const told: number[] = [];
    other.redis.onDropped((dropped, version) => {
      if (dropped.view === key.view && dropped.id === key.id) told.push(version);
    });
    const raise = (pauseMs: number) =>
      Promise.all([one, other, one, other].map(({ redis }) => redis.raise(key, pauseMs)));
    // until the other one has subscribed
    await eventually(async () => ((await raise(1)) && told.length > 0 ? true : undefined));
    const intruder = new Redis(redisUrl);
    onTestFinished(() => intruder.disconnect());
    await intruder.del(`${prefix}:{${key.view}:${key.id}}:entry`);
    const raised = await raise(60_000);
    expect(raised.map(({ kind }) => kind).sort()).toEqual(['raised', 'recent', 'recent', 'recent']);
    const generation = raised.flatMap((each) => (each.kind === 'raised' ? [each.generation] : []))[0];
    await eventually(() => (told.at(-1) === generation ? true : undefined));
    expect(Math.abs((generation ?? 0) - Date.now())).toBeLessThan(3_600_000);
  });

  it('loads by itself when the holder of the lease never comes back', async () => {
    const prefix = aPrefix();
    const [dead, alive] = [await aCache(redisUrl, prefix), await aCache(redisUrl, prefix)];
    const key = { view: 'test.1', id: 'a' };
    expect(await dead.redis.readOrLease(key, { minVersion: 0, token: 'dead' })).toEqual({ kind: 'leased' });
    expect((await alive.cache.read('a', { load: async () => shown(1) }))?.version).toBe(1);
  });

  it('gives back only the lease that is its own', async () => {
    const { redis } = await aCache(redisUrl, aPrefix());
    const key = { view: 'test.1', id: 'a' };
    await redis.readOrLease(key, { minVersion: 0, token: 'mine' });
    await redis.release(key, 'not mine');
    expect(await redis.readOrLease(key, { minVersion: 0, token: 'other' })).toEqual({ kind: 'busy' });
    await redis.release(key, 'mine');
    expect(await redis.readOrLease(key, { minVersion: 0, token: 'other' })).toEqual({ kind: 'leased' });
  });

  it('frees the lease of a load that failed', async () => {
    const prefix = aPrefix();
    const [one, other] = [await aCache(redisUrl, prefix), await aCache(redisUrl, prefix)];
    await expect(one.cache.read('a', { load: fails })).rejects.toThrow('nobody should');
    expect((await other.cache.read('a', { load: async () => shown(1) }))?.version).toBe(1);
  });

  it('answers from the truth when an entry is not readable', async () => {
    const prefix = aPrefix();
    const { cache, errors } = await aCache(redisUrl, prefix);
    const intruder = new Redis(redisUrl);
    onTestFinished(() => intruder.disconnect());
    await intruder.set(`${prefix}:{test.1:a}:entry`, '7\n{"text":');
    expect((await cache.read('a', { load: async () => shown(7) }))?.version).toBe(7);
    expect(await errors()).toBe(1);
  });

  it('fails no read when Redis is killed midway, and shares again once it is back', async () => {
    using dir = createScratchDir();
    const options = { dir: dir.path, logFile: `${dir.path}/redis.log` };
    const server = await startRedis(options);
    const prefix = aPrefix();
    const [one, other] = [await aCache(server.url, prefix), await aCache(server.url, prefix)];
    const reader = readWithoutPause([one.cache, other.cache]);
    await eventually(() => (reader.count() > 200 ? true : undefined));
    process.kill(server.pid, 'SIGKILL');
    await server.exited;
    const atKill = reader.count();
    await eventually(() => (reader.count() > atKill + 500 ? true : undefined));
    await reader.stop();
    expect(reader.failures()).toEqual([]);

    const again = await startRedis({ ...options, port: server.port });
    onTestFinished(async () => {
      await again.stop();
    });
    await eventually(async () => {
      const id = randomUUID();
      await one.cache.read(id, { load: async () => shown(1) });
      return other.cache.read(id, { load: fails });
    }, 15_000);
  });

  it('goes on at full speed beside a Redis that hangs', async () => {
    using dir = createScratchDir();
    const server = await startRedis({ dir: dir.path, logFile: `${dir.path}/redis.log` });
    const { cache, errors } = await aCache(server.url, aPrefix());
    onTestFinished(async () => {
      process.kill(server.pid, 'SIGCONT');
      await server.stop();
    });
    process.kill(server.pid, 'SIGSTOP');
    let slow = 0;
    for (let index = 0; index < 200; index += 1) {
      const began = performance.now();
      await cache.read(`cold-${index}`, { load: async () => shown(1) });
      if (performance.now() - began > 50) slow += 1;
    }
    expect(await errors()).toBeGreaterThan(0);
    expect(slow).toBeLessThan(10);
  });

  it('answers without Redis from the start', async () => {
    const { cache } = await aCache('redis://127.0.0.1:1', aPrefix(), { mayBeDown: true });
    expect((await cache.read('a', { load: async () => shown(1) }))?.version).toBe(1);
    await cache.invalidate('a', 2);
    expect((await cache.read('a', { load: async () => shown(2) }))?.version).toBe(2);
  });
});

async function readAll(child: ChildProcess): Promise<CacheProcessReport> {
  const answer = once(child, 'message');
  child.send('go');
  const [report] = await answer;
  return report as CacheProcessReport;
}

/** Reads cold and warm views in turn until it is stopped. */
function readWithoutPause(caches: readonly ReturnType<typeof createViewCache<Shown>>[]) {
  let count = 0;
  let stopped = false;
  const failures: unknown[] = [];
  const running = caches.map(async (cache) => {
    for (let round = 0; !stopped; round += 1) {
      try {
        await cache.read(`view-${round}`, { load: async () => shown(1) });
        await cache.read(`view-${round % 10}`, { load: async () => shown(1) });
      } catch (error) {
        failures.push(error);
      }
      count += 2;
      // lets the connection notice what happened to it
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  return {
    count: () => count,
    failures: () => failures,
    async stop() {
      stopped = true;
      await Promise.all(running);
    },
  };
}
