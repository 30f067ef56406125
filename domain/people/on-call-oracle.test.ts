import fc from 'fast-check';
import { RRuleTemporal } from 'rrule-temporal';
import { expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { findGaps, onCallAt, type Shift, shiftsOf } from './on-call.ts';
import { type Layer, type Schedule, type ScheduleOverride, weekdays } from './people.ts';
import { aLayer, anOverride, aSchedule } from './testing/a-schedule.ts';
import { naiveShifts } from './testing/naive-on-call.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Days around which the clocks of a zone do something, or nothing at all. */
const moments = [
  ['Europe/Berlin', '2026-03-29', 'clocks are put forward'],
  ['Europe/Berlin', '2026-10-25', 'clocks are put back'],
  ['America/New_York', '2026-03-08', 'clocks are put forward'],
  ['America/New_York', '2026-11-01', 'clocks are put back'],
  ['Australia/Lord_Howe', '2026-10-04', 'clocks are put forward by half an hour'],
  ['Australia/Lord_Howe', '2026-04-05', 'clocks are put back by half an hour'],
  ['Asia/Beirut', '2026-03-29', 'clocks are put forward at midnight'],
  ['America/St_Johns', '2010-11-07', 'clocks are put back to the day before, a minute after midnight'],
  ['Asia/Kathmandu', '2026-06-15', 'nothing happens, at a quarter to the hour'],
  ['Pacific/Apia', '2011-12-30', 'a whole day is left out'],
  ['Pacific/Apia', '2026-06-15', 'nothing happens'],
  ['UTC', '2028-02-29', 'there is a leap day'],
  ['Europe/Berlin', '2026-02-28', 'a month is short'],
  ['Europe/Berlin', '2026-07-31', 'two months of 31 days follow each other'],
] as const;

const time = fc.oneof(
  fc.constantFrom('00:00', '01:00', '02:00', '02:15', '02:30', '03:00', '09:00', '23:30'),
  fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 })).map(([hour, minute]) => {
    return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
  }),
);
const date = (maxDaysBefore: number, from: string) =>
  fc
    .oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: maxDaysBefore }))
    .map((days) => new Date(Date.parse(from) - days * dayMs).toISOString().slice(0, 10));

const rotation = fc.oneof(
  fc.record({ unit: fc.constant('hour' as const), every: fc.constantFrom(1, 5, 8, 12, 36) }),
  fc.record({
    unit: fc.constantFrom('day' as const, 'week' as const, 'month' as const),
    every: fc.constantFrom(1, 1, 2, 3),
  }),
);

const restriction = fc.record(
  {
    days: fc.uniqueArray(fc.constantFrom(...weekdays), { minLength: 1 }),
    from: time,
    to: time,
  },
  { requiredKeys: [] },
);

function aRandomLayer(around: string): fc.Arbitrary<Layer> {
  return fc
    .record({
      users: fc.array(fc.constantFrom('amy', 'bo', 'cy', 'di'), { minLength: 1, maxLength: 4 }),
      rotation,
      startDate: date(3_700, around),
      startTime: time,
      restrict: fc.option(restriction, { nil: undefined }),
      endTime: fc.option(time, { nil: undefined, freq: 3 }),
    })
    .map(({ users, rotation, startDate, startTime, restrict, endTime }) => ({
      // an hourly rotation of ten years is more than the slow way can count
      start: `${rotation.unit === 'hour' ? dayBefore(around) : startDate}T${startTime}`,
      users,
      rotation,
      ...(restrict !== undefined && { restrict }),
      ...(endTime !== undefined && { end: `${around}T${endTime}` }),
    }))
    .filter(({ start, end }) => end === undefined || end > start);
}

function dayBefore(day: string): string {
  return new Date(Date.parse(day) - dayMs).toISOString().slice(0, 10);
}

function someOverrides(around: string): fc.Arbitrary<ScheduleOverride[]> {
  const minutes = fc.integer({ min: -2 * 1_440, max: 2 * 1_440 });
  const override = fc.tuple(minutes, fc.integer({ min: 1, max: 2_000 }), fc.constantFrom('amy', 'zoe'));
  return fc.array(override, { maxLength: 3 }).map((all) =>
    all.map(([start, length, user], index) => {
      const startMs = Date.parse(around) + start * minuteMs;
      return anOverride({ id: String(index), user, startMs, endMs: startMs + length * minuteMs });
    }),
  );
}

function clipped(shifts: readonly Shift[], fromMs: number, untilMs: number): readonly Shift[] {
  return shifts.map((shift) => ({
    ...shift,
    fromMs: Math.max(shift.fromMs, fromMs),
    untilMs: Math.min(shift.untilMs, untilMs),
  }));
}

test.each(moments)('in %s around %s, when %s: says what a walk minute by minute finds', (timeZone, day) => {
  const span = { fromMs: Date.parse(day) - 1.5 * dayMs, untilMs: Date.parse(day) + 1.5 * dayMs };
  const property = fc.property(
    fc.array(aRandomLayer(day), { minLength: 1, maxLength: 3 }),
    someOverrides(day),
    fc.integer({ min: 0, max: 3 * dayMs - 1 }),
    (layers, overrides, offsetMs) => {
      const schedule: Schedule = aSchedule({ timeZone, layers });
      const expected = naiveShifts(schedule, overrides, span);
      expect(clipped(shiftsOf(schedule, overrides, span), span.fromMs, span.untilMs)).toEqual(expected);
      const atMs = span.fromMs + offsetMs;
      const shift = expected.find(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs);
      const found = onCallAt(schedule, overrides, atMs);
      expect(found && { user: found.user, via: found.via }).toEqual(
        shift && { user: shift.user, via: shift.via },
      );
      const covered = [...findGaps(schedule, overrides, span), ...expected]
        .map(({ fromMs, untilMs }) => untilMs - fromMs)
        .reduce((sum, length) => sum + length, 0);
      expect(covered).toBe(span.untilMs - span.fromMs);
    },
  );
  fc.assert(property, { numRuns: 60 });
});

test.each([
  ['a weekly handoff on Sunday', 'FREQ=WEEKLY', '2016-01-03T09:00', { unit: 'week', every: 1 }],
  ['a weekly handoff on Monday', 'FREQ=WEEKLY', '2016-01-04T09:00', { unit: 'week', every: 1 }],
  ['every other week', 'FREQ=WEEKLY;INTERVAL=2', '2016-01-07T17:30', { unit: 'week', every: 2 }],
  ['every third day', 'FREQ=DAILY;INTERVAL=3', '2025-11-28T09:00', { unit: 'day', every: 3 }],
  ['the 28th of each month', 'FREQ=MONTHLY', '2016-01-28T09:00', { unit: 'month', every: 1 }],
] as const)('%s: hands over when RFC 5545 says', (_, rule, start, rotation) => {
  const timeZone = 'America/New_York';
  const schedule = aSchedule({ timeZone, layers: [aLayer({ start, rotation })] });
  const [fromMs, untilMs] = [Date.parse('2026-01-01'), Date.parse('2026-12-31')];
  const dtstart = start.replaceAll(/[-:]/g, '');
  const recurrence = new RRuleTemporal({
    rruleString: `DTSTART;TZID=${timeZone}:${dtstart}00\nRRULE:${rule}`,
    maxIterations: 100_000,
  });
  const expected = recurrence
    .between(new Date(fromMs), new Date(untilMs), true)
    .map(({ epochMilliseconds }) => epochMilliseconds);
  const starts = shiftsOf(schedule, [], { fromMs, untilMs }).map((shift) => shift.fromMs);
  expect(expected.length).toBeGreaterThan(10);
  expect(expected.length).toBeLessThan(limits.maxShifts);
  expect(starts.filter((startMs) => startMs >= fromMs)).toEqual(expected);
});
