import { expect, test } from 'vitest';
import { createProgress } from './progress.ts';

test('stays below the lowest position that is not through', () => {
  const progress = createProgress(9, () => 0);
  progress.begin(10, 1);
  progress.begin(11, 1);
  progress.begin(12, 1);
  progress.endPart(11);
  progress.endPart(12);
  expect(progress.checkpoint()).toBe(9);
  progress.endPart(10);
  expect(progress.checkpoint()).toBe(12);
});

test('counts a position as through once all its incidents have it', () => {
  const progress = createProgress(-1, () => 0);
  progress.begin(0, 2);
  progress.endPart(0);
  expect([progress.checkpoint(), progress.open()]).toEqual([-1, 1]);
  progress.endPart(0);
  expect([progress.checkpoint(), progress.open()]).toEqual([0, 0]);
});

test('passes over positions that mean no work', () => {
  const progress = createProgress(-1, () => 0);
  progress.begin(0, 0);
  progress.begin(7, 0);
  expect(progress.checkpoint()).toBe(7);
});

test('knows how long the oldest position has waited', () => {
  let nowMs = 100;
  const progress = createProgress(-1, () => nowMs);
  expect(progress.oldestAgeMs()).toBe(0);
  progress.begin(0, 1);
  nowMs = 350;
  progress.begin(1, 1);
  expect(progress.oldestAgeMs()).toBe(250);
});
