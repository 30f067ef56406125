import { expect, it } from 'vitest';
import { limits } from '../../domain/limits.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import type { CacheEntry } from './cache-entry.ts';
import { createViewCache } from './view-cache.ts';

interface Shown {
  readonly text: string;
}

function aCache() {
  const clock = { ms: 1_000 };
  const cache = createViewCache<Shown>({
    view: 'test',
    shape: 1,
    metrics: createMetrics(),
    now: () => clock.ms,
  });
  return { cache, clock };
}

/** Loads what the test lets it, when the test lets it, and counts. */
function aLoader() {
  const waiting: ((entry: CacheEntry<Shown> | undefined) => void)[] = [];
  const failing: ((error: Error) => void)[] = [];
  return {
    count: () => waiting.length,
    load: () =>
      new Promise<CacheEntry<Shown> | undefined>((resolve, reject) => {
        waiting.push(resolve);
        failing.push(reject);
      }),
    answer: (index: number, version: number) =>
      waiting[index]?.({ version, value: { text: `version ${version}` } }),
    answerNothing: (index: number) => waiting[index]?.(undefined),
    fail: (index: number) => failing[index]?.(new Error('the database is away')),
  };
}

it('loads once however many ask at the same time', async () => {
  const { cache } = aCache();
  const loader = aLoader();
  const reads = Array.from({ length: 200 }, () => cache.read('a', { load: loader.load }));
  loader.answer(0, 4);
  const entries = await Promise.all(reads);
  expect(loader.count()).toBe(1);
  expect(new Set(entries.map((entry) => entry?.value.text))).toEqual(new Set(['version 4']));
});

it('answers from memory until the time to live is over', async () => {
  const { cache, clock } = aCache();
  const loader = aLoader();
  const first = cache.read('a', { load: loader.load });
  loader.answer(0, 1);
  await first;
  clock.ms += limits.viewTtlMs - 1;
  await cache.read('a', { load: loader.load });
  expect(loader.count()).toBe(1);
  clock.ms += 2;
  const second = cache.read('a', { load: loader.load });
  loader.answer(1, 2);
  expect((await second)?.version).toBe(2);
});

it('loads anew for a reader who has seen a newer version', async () => {
  const { cache } = aCache();
  const loader = aLoader();
  const first = cache.read('a', { load: loader.load });
  loader.answer(0, 1);
  await first;
  const newer = cache.read('a', { minVersion: 2, load: loader.load });
  loader.answer(1, 2);
  expect((await newer)?.version).toBe(2);
  expect((await cache.read('a', { load: loader.load }))?.version).toBe(2);
});

it('does not let a reader with a newer version join an older load', async () => {
  const { cache } = aCache();
  const loader = aLoader();
  const older = cache.read('a', { load: loader.load });
  const newer = cache.read('a', { minVersion: 3, load: loader.load });
  loader.answer(1, 3);
  loader.answer(0, 2);
  expect((await newer)?.version).toBe(3);
  expect((await older)?.version).toBe(2);
});

it('answers with what there is when the asked version does not exist yet', async () => {
  const { cache } = aCache();
  const loader = aLoader();
  const read = cache.read('a', { minVersion: 99, load: loader.load });
  loader.answer(0, 5);
  expect((await read)?.version).toBe(5);
});

it('never keeps what a load brings that began before an invalidation', async () => {
  const { cache } = aCache();
  const loader = aLoader();
  const stale = cache.read('a', { load: loader.load });
  await cache.invalidate('a', 6);
  const fresh = cache.read('a', { load: loader.load });
  loader.answer(1, 6);
  expect((await fresh)?.version).toBe(6);
  loader.answer(0, 5);
  expect((await stale)?.version).toBe(5);
  expect((await cache.read('a', { load: loader.load }))?.version).toBe(6);
  expect(loader.count()).toBe(2);
});

it('keeps refusing an old load that ends long after the entry itself was gone', async () => {
  const { cache, clock } = aCache();
  const loader = aLoader();
  const stale = cache.read('a', { load: loader.load });
  await cache.invalidate('a', 6);
  clock.ms += limits.viewTtlMs * 2;
  loader.answer(0, 5);
  await stale;
  const next = cache.read('a', { load: loader.load });
  loader.answer(1, 6);
  expect((await next)?.version).toBe(6);
});

it('keeps an entry that is as new as the invalidation says', async () => {
  const { cache } = aCache();
  const loader = aLoader();
  const first = cache.read('a', { load: loader.load });
  loader.answer(0, 6);
  await first;
  await cache.invalidate('a', 6);
  await cache.read('a', { load: loader.load });
  expect(loader.count()).toBe(1);
});

it('passes a failed load on to all who wait, and tries again for the next', async () => {
  const { cache } = aCache();
  const loader = aLoader();
  const reads = [cache.read('a', { load: loader.load }), cache.read('a', { load: loader.load })];
  loader.fail(0);
  const results = await Promise.allSettled(reads);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const next = cache.read('a', { load: loader.load });
  loader.answer(1, 1);
  expect((await next)?.version).toBe(1);
});

it('does not remember that there was nothing', async () => {
  const { cache } = aCache();
  const loader = aLoader();
  const first = cache.read('a', { load: loader.load });
  loader.answerNothing(0);
  expect(await first).toBeUndefined();
  const second = cache.read('a', { load: loader.load });
  loader.answer(1, 0);
  expect((await second)?.version).toBe(0);
});

it('does not keep a view that is larger than the limit', async () => {
  const { cache } = aCache();
  let loads = 0;
  const load = async () => {
    loads += 1;
    return { version: 1, value: { text: 'x'.repeat(limits.maxCachedViewBytes) } };
  };
  await cache.read('a', { load });
  await cache.read('a', { load });
  expect(loads).toBe(2);
});
