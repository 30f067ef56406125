import { expect, it } from 'vitest';
import { limits } from '../../domain/limits.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { createListCache } from './list-cache.ts';

interface Shown {
  readonly text: string;
}

/** A list that says what `shown.text` was when its load ended, and how often it was loaded. */
function aList() {
  const clock = { ms: 1_000 };
  const shown = { text: 'before', loads: 0 };
  const cache = createListCache<Shown>({
    view: 'test_list',
    shape: 1,
    metrics: createMetrics(),
    now: () => clock.ms,
  });
  const load = async () => {
    shown.loads += 1;
    return { text: shown.text };
  };
  const read = async (tenant = 'acme') => (await cache.read({ tenant, key: `${tenant} all`, load })).text;
  return { cache, clock, shown, read };
}

it('is loaded once however many look at it', async () => {
  const { read, shown } = aList();
  const seen = await Promise.all(Array.from({ length: 100 }, () => read()));
  expect(await read()).toBe('before');
  expect(new Set(seen)).toEqual(new Set(['before']));
  expect(shown.loads).toBe(1);
});

it('shows a change that nobody told of when the time to live is over', async () => {
  const { clock, read, shown } = aList();
  await read();
  shown.text = 'after';
  clock.ms += limits.listTtlMs - 1;
  expect(await read()).toBe('before');
  clock.ms += 2;
  expect(await read()).toBe('after');
});

it('shows a change at once when it is told', async () => {
  const { cache, read, shown } = aList();
  await read();
  shown.text = 'after';
  await cache.changed('acme');
  expect(await read()).toBe('after');
});

it("leaves other tenants' lists alone", async () => {
  const { cache, read, shown } = aList();
  await read('default');
  shown.text = 'after';
  await cache.changed('acme');
  expect(await read('default')).toBe('before');
});

it('joins no load that began before the change, and does not keep what that one brings', async () => {
  const { cache } = aList();
  const stale = Promise.withResolvers<Shown>();
  const early = cache.read({ tenant: 'acme', key: 'all', load: () => stale.promise });
  await cache.changed('acme');
  const load = async () => ({ text: 'after' });
  expect(await cache.read({ tenant: 'acme', key: 'all', load })).toEqual({ text: 'after' });
  stale.resolve({ text: 'before' });
  expect(await early).toEqual({ text: 'before' });
  expect(await cache.read({ tenant: 'acme', key: 'all', load })).toEqual({ text: 'after' });
});

it('costs a few loads in a storm of changes', async () => {
  const { cache, clock, read, shown } = aList();
  for (let ms = 0; ms < 2_000; ms += 1) {
    clock.ms += 1;
    await cache.changed('acme');
    await read();
  }
  // two a second, and the first one
  expect(shown.loads).toBeLessThanOrEqual(5);
});

it('passes on what went wrong, and remembers nothing of it', async () => {
  const { cache, read } = aList();
  const load = () => Promise.reject(new Error('the database is away'));
  await expect(cache.read({ tenant: 'acme', key: 'acme all', load })).rejects.toThrow('is away');
  expect(await read()).toBe('before');
});
