import { expect, it } from 'vitest';
import { timeLeftMs } from './time-left.ts';

const startMs = Date.parse('2026-03-01T12:00:00Z');
const deadlineAt = new Date(startMs + 60_000).toISOString();
const engine = { scheduledMs: startMs, queuedMs: startMs, scheduleToCloseMs: 62_000 };

it.each([
  [0, 60_000],
  [59_000, 1_000],
  [61_000, -1_000],
  // the engine's own limit is near: the deadline has really passed
  [66_000, -6_000],
])('%d ms after its start there are %d ms left', (afterMs, leftMs) => {
  expect(timeLeftMs({ deadlineAt }, { ...engine, nowMs: startMs + afterMs })).toBe(leftMs);
});

it.each([
  ['ahead', 300_000, 60_000],
  ['behind', -300_000, 360_000],
])('a clock that is five minutes %s does not keep a page from being sent', (_name, wrongMs, leftMs) => {
  expect(timeLeftMs({ deadlineAt }, { ...engine, nowMs: startMs + wrongMs })).toBe(leftMs);
});

it('is what the engine allows where there is no deadline', () => {
  expect(timeLeftMs({}, { ...engine, nowMs: startMs + 2_000 })).toBe(60_000);
  const endless = { ...engine, scheduleToCloseMs: 0, nowMs: startMs };
  expect(timeLeftMs({}, endless)).toBe(Number.POSITIVE_INFINITY);
});
