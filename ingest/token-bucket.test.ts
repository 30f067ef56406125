import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTokenBucket } from './token-bucket.ts';

const rate = { perSecond: 10, burst: 100 };

test('gives a burst at once and then as many as come', () => {
  const bucket = createTokenBucket(rate);
  expect(bucket.waitFor(100, { reserve: 0, nowMs: 0 })).toBe(0);
  bucket.take(100, 0);
  expect(bucket.waitFor(5, { reserve: 0, nowMs: 0 })).toBe(500);
  expect(bucket.waitFor(5, { reserve: 0, nowMs: 499 })).toBeGreaterThan(0);
  expect(bucket.waitFor(5, { reserve: 0, nowMs: 500 })).toBe(0);
});

test('keeps a reserve for others', () => {
  const bucket = createTokenBucket(rate);
  bucket.take(75, 0);
  expect(bucket.waitFor(10, { reserve: 0.3, nowMs: 0 })).toBe(1_500);
  expect(bucket.waitFor(10, { reserve: 0.15, nowMs: 0 })).toBe(0);
});

test('gives a request that is larger than the burst once the bucket is full', () => {
  const bucket = createTokenBucket(rate);
  bucket.take(10, 0);
  expect(bucket.waitFor(1_000, { reserve: 0.3, nowMs: 0 })).toBe(1_000);
  expect(bucket.waitFor(1_000, { reserve: 0.3, nowMs: 1_000 })).toBe(0);
});

test('owes no more than one burst', () => {
  const bucket = createTokenBucket(rate);
  for (let i = 0; i < 50; i += 1) bucket.take(1_000, 0);
  expect(bucket.waitFor(1, { reserve: 0, nowMs: 0 })).toBe(10_100);
});

test('a clock that is set back takes nothing away', () => {
  const bucket = createTokenBucket(rate);
  bucket.take(50, 10_000);
  expect(bucket.waitFor(50, { reserve: 0, nowMs: 0 })).toBe(0);
});

test('never gives more than the burst and what came since, unless one request is larger', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 100 }), fc.nat(2_000))), (moves) => {
      const bucket = createTokenBucket(rate);
      let nowMs = 0;
      let given = 0;
      for (const [count, stepMs] of moves) {
        nowMs += stepMs;
        if (bucket.waitFor(count, { reserve: 0, nowMs }) > 0) continue;
        bucket.take(count, nowMs);
        given += count;
        expect(given).toBeLessThanOrEqual(rate.burst + (nowMs * rate.perSecond) / 1_000 + 1e-6);
      }
    }),
  );
});
