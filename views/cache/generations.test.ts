import { expect, it } from 'vitest';
import { limits } from '../../domain/limits.ts';
import { createGenerations } from './generations.ts';

function someGenerations() {
  const clock = { ms: 1_000 };
  return { clock, generations: createGenerations({ name: 'test', now: () => clock.ms }) };
}

it('begins a generation with a change, and only for the one whose lists changed', async () => {
  const { generations } = someGenerations();
  await generations.raise('acme');
  expect(generations.current('acme')).toBe(1);
  expect(generations.current('default')).toBe(0);
});

it('begins one generation for a burst of changes, and the next after the time to live', async () => {
  const { clock, generations } = someGenerations();
  for (let n = 0; n < 100; n += 1) await generations.raise('acme');
  expect(generations.current('acme')).toBe(1);
  clock.ms += limits.listTtlMs - 1;
  await generations.raise('acme');
  expect(generations.current('acme')).toBe(1);
  clock.ms += 1;
  await generations.raise('acme');
  expect(generations.current('acme')).toBe(2);
});

it('remembers a bounded number of tenants', async () => {
  const { generations } = someGenerations();
  for (let n = 0; n <= limits.maxKnownGenerations; n += 1) await generations.raise(`tenant-${n}`);
  expect(generations.current('tenant-0')).toBe(0);
  expect(generations.current(`tenant-${limits.maxKnownGenerations}`)).toBe(1);
});
