import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['5m', 300_000],
  ['4h', 14_400_000],
  ['7d', 604_800_000],
  ['0s', 0],
])('reads %s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  '',
  '5',
  's',
  '1.5h',
  '-1s',
  '1m30s',
  ' 5s',
  '5s ',
  '5S',
  '5w',
  '1e3s',
  '9999999999999s',
  '999999999999d',
  '５s',
])('refuses %j', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test('reads back what it wrote', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10_000_000_000 }),
      (ms) => parseDuration(formatDuration(ms)) === ms,
    ),
  );
});

test('writes the largest unit that fits', () => {
  expect([90_000, 120_000, 86_400_000, 1, 0, -5].map(formatDuration)).toEqual([
    '90s',
    '2m',
    '1d',
    '1ms',
    '0s',
    '0s',
  ]);
});
