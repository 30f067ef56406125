import { expect, test } from 'vitest';
import { createPatience } from './patience.ts';

function patienceAt() {
  let nowMs = 0;
  const patience = createPatience({
    patienceMs: 5_000,
    repeatMs: 30_000,
    forgetMs: 900_000,
    maxEntries: 2,
    now: () => nowMs,
  });
  return (atMs: number, key = 'a') => {
    nowMs = atMs;
    return patience.isDue(key);
  };
}

test('acts only on what it has seen for a while', () => {
  const isDueAt = patienceAt();
  expect([0, 1_000, 4_999, 5_000].map((atMs) => isDueAt(atMs))).toEqual([false, false, false, true]);
});

test('acts again only after a pause', () => {
  const isDueAt = patienceAt();
  expect([0, 5_000, 6_000, 34_999, 35_000].map((atMs) => isDueAt(atMs))).toEqual([
    false,
    true,
    false,
    false,
    true,
  ]);
});

test('begins anew with what it had not seen for long', () => {
  const isDueAt = patienceAt();
  expect([0, 900_001, 905_001].map((atMs) => isDueAt(atMs))).toEqual([false, false, true]);
});

test('keeps a bounded number of states', () => {
  const isDueAt = patienceAt();
  for (const key of ['a', 'b', 'c', 'd']) isDueAt(0, key);
  expect(isDueAt(5_000, 'a')).toBe(false);
});
