import { expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { createOverride, endOverride, type OverrideRequest } from './override.ts';
import { inForce, type StoredOverride } from './stored-override.ts';

const nowMs = Date.parse('2026-01-05T09:00:00.000Z');
const context = { nowMs, newId: 'one', openOverrides: 0 };
const iso = (offsetMs: number) => new Date(nowMs + offsetMs).toISOString();
const hourMs = 3_600_000;

function aRequest(changes: Partial<OverrideRequest> = {}): OverrideRequest {
  return { schedule: 'payments', user: 'bo', start: 'now', end: iso(hourMs), by: 'amy', ...changes };
}

const override: StoredOverride = {
  id: 'one',
  schedule: 'payments',
  user: 'bo',
  startsAt: iso(0),
  endsAt: iso(hourMs),
  createdAt: iso(0),
  createdBy: 'amy',
};

test('one that starts now starts at this very moment', () => {
  expect(createOverride(aRequest(), context)).toEqual({
    override,
    event: { type: 'OverrideCreated', data: { at: iso(0), by: 'amy', override } },
  });
});

test.each([
  ['a later start', iso(60_000), iso(60_000)],
  ['a start with an offset', '2026-01-05T10:30:00+01:00', iso(30 * 60_000)],
  ['a start in the past, which is now', iso(-60_000), iso(0)],
])('%s', (_, start, startsAt) => {
  expect(createOverride(aRequest({ start }), context).override.startsAt).toBe(startsAt);
});

test.each<[string, Partial<OverrideRequest>, string]>([
  ['an end in the past', { end: iso(-1) }, '/end'],
  ['an end now', { end: iso(0) }, '/end'],
  ['an end at the start', { start: iso(1_000), end: iso(1_000) }, '/end'],
  ['an end too far away', { end: iso(limits.maxOverrideMs + 1) }, '/end'],
  [
    'a start too far away',
    { start: iso(limits.maxOverrideMs + 1), end: iso(limits.maxOverrideMs + 2) },
    '/start',
  ],
  ['a start without a zone', { start: '2026-01-05T10:00:00' }, '/start'],
  ['an end that is none', { end: 'tomorrow' }, '/end'],
  ['nobody who asks', { by: ' ' }, '/by'],
])('%s is refused', (_, changes, path) => {
  expect(() => createOverride(aRequest(changes), context)).toThrow(
    expect.objectContaining({ code: 'invalid_command', path }),
  );
});

test('there is a limit to open ones', () => {
  const full = { ...context, openOverrides: limits.maxOverrides };
  expect(() => createOverride(aRequest(), full)).toThrow(
    expect.objectContaining({ code: 'too_many_overrides' }),
  );
  expect(createOverride(aRequest(), { ...full, openOverrides: limits.maxOverrides - 1 }).event).toBeDefined();
});

test('one that holds ends now, one that has not begun never holds, one that is over stays as it was', () => {
  const later = nowMs + 60_000;
  expect(endOverride(override, 'bo', later)).toEqual({
    override: { ...override, endsAt: iso(60_000) },
    event: {
      type: 'OverrideEnded',
      data: { at: iso(60_000), by: 'bo', override: { ...override, endsAt: iso(60_000) } },
    },
  });
  const pending = { ...override, startsAt: iso(120_000) };
  expect(endOverride(pending, 'bo', later).override).toMatchObject({
    startsAt: iso(60_000),
    endsAt: iso(60_000),
  });
  expect(endOverride(override, 'bo', nowMs + hourMs)).toEqual({ override });
});

test('are in force in the order in which they were made', () => {
  const newer = { ...override, id: 'newer', createdAt: iso(1), startsAt: iso(-5) };
  expect(inForce([newer, override])).toEqual([
    {
      id: 'one',
      schedule: 'payments',
      user: 'bo',
      startMs: nowMs,
      endMs: nowMs + hourMs,
      createdBy: 'amy',
    },
    expect.objectContaining({ id: 'newer', startMs: nowMs - 5 }),
  ]);
});
