import { expect, test } from 'vitest';
import { limits } from '../domain/limits.ts';
import { retryDelayMs } from './retry-delay.ts';

test('doubles from half a second', () => {
  const delays = [1, 2, 3, 4].map((attempt) => retryDelayMs({ attempt, random: () => 0.5 }));
  expect(delays).toEqual([500, 1_000, 2_000, 4_000]);
});

test('spreads by a fifth to either side', () => {
  expect(retryDelayMs({ attempt: 1, random: () => 0 })).toBe(400);
  expect(retryDelayMs({ attempt: 1, random: () => 0.999_999 })).toBe(600);
});

test('waits as long as the provider asks, within the limit', () => {
  expect(retryDelayMs({ attempt: 1, afterMs: 30_000, random: () => 0.5 })).toBe(30_000);
  expect(retryDelayMs({ attempt: 1, afterMs: 9e9, random: () => 0.5 })).toBe(limits.maxRetryAfterMs);
});
