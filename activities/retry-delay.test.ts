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

test('an undo is tried soon again, and at last once a minute', () => {
  const delays = [1, 2, 3, 9, 10, 60].map((attempt) =>
    retryDelayMs({ attempt, kind: 'undo', random: () => 0.5 }),
  );
  expect(delays).toEqual([200, 400, 800, 51_200, 60_000, 60_000]);
});
