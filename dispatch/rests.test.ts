import { expect, test } from 'vitest';
import { createRests } from './rests.ts';

function restsAt() {
  let nowMs = 0;
  const rests = createRests({ now: () => nowMs, maxEntries: 3 });
  return (atMs: number, workflowId = 'a') => {
    nowMs = atMs;
    return rests.next(workflowId);
  };
}

test('rests longer the more often an incident is told something, up to half a second', () => {
  const next = restsAt();
  expect([0, 100, 300, 700, 1_200].map((atMs) => next(atMs))).toEqual([100, 200, 400, 500, 500]);
});

test('begins anew after a calm while', () => {
  const next = restsAt();
  expect([0, 100, 2_100].map((atMs) => next(atMs))).toEqual([100, 200, 100]);
});

test('incidents do not hold each other up', () => {
  const next = restsAt();
  next(0, 'a');
  next(10, 'a');
  expect(next(20, 'b')).toBe(100);
});

test('keeps a bounded number of incidents', () => {
  const next = restsAt();
  for (const workflowId of ['a', 'b', 'c', 'd']) next(0, workflowId);
  expect(next(10, 'a')).toBe(100);
  expect(next(20, 'd')).toBe(200);
});
