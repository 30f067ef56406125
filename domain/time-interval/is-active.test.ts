import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isActive, nextChange } from './is-active.ts';
import {
  parseDayOfMonthRange,
  parseMonthRange,
  parseTimeRange,
  parseWeekdayRange,
  parseYearRange,
} from './parse-ranges.ts';
import type { TimeConditions, TimeInterval } from './time-interval.ts';
import { isTimeZone } from './time-zone.ts';

const minuteMs = 60_000;
const ms = (text: string) => Date.parse(text);
const iso = (epochMs: number | undefined) =>
  epochMs && new Date(epochMs).toISOString().replace(':00.000Z', 'Z');

function interval(timeZone: string, ...intervals: readonly TimeConditions[]): TimeInterval {
  return { name: 'test', timeZone, intervals };
}

const nights = (timeZone: string) =>
  interval(timeZone, { times: [parseTimeRange('22:00-24:00'), parseTimeRange('00:00-06:00')] });
const officeHours = interval('Europe/Berlin', {
  times: [parseTimeRange('09:00-17:00')],
  weekdays: [parseWeekdayRange('monday:friday')],
});
const days = (text: string) => interval('UTC', { daysOfMonth: [parseDayOfMonthRange(text)] });

describe('an interval is active', () => {
  test.each([
    ['from its start', officeHours, '2026-01-05T08:00:00Z', true],
    ['until a moment before its end', officeHours, '2026-01-05T15:59:59.999Z', true],
    ['not at its end', officeHours, '2026-01-05T16:00:00Z', false],
    ['not on other weekdays', officeHours, '2026-01-04T10:00:00Z', false],
    ['by summer time in summer', officeHours, '2026-07-06T07:00:00Z', true],
    ['not an hour later in summer', officeHours, '2026-07-06T15:30:00Z', false],
    ['in the last minute before 24:00', nights('UTC'), '2026-01-05T23:59:59Z', true],
    ['after midnight', nights('UTC'), '2026-01-06T00:00:00Z', true],
    ['by the weekday of its own zone', officeHours, '2026-01-09T16:00:00Z', false],
    ['on the last day of a month', days('-1'), '2026-02-28T12:00:00Z', true],
    ['on the leap day as the last one', days('-1'), '2028-02-29T12:00:00Z', true],
    ['not on the last but one of a leap year', days('-1'), '2028-02-28T12:00:00Z', false],
    ['on the third from the end', days('-3:-1'), '2026-04-28T00:00:00Z', true],
    ['not on the fourth from the end', days('-3:-1'), '2026-04-27T23:59:00Z', false],
    ['to the end of a short month', days('28:31'), '2026-02-28T23:59:00Z', true],
    ['not on the first where a month has no 31st', days('31'), '2026-05-01T00:00:00Z', false],
    ['never in a month without the 31st', days('31'), '2026-04-30T12:00:00Z', false],
    ['from the first where -31 lies before it', days('-31:-1'), '2026-02-01T00:00:00Z', true],
    [
      'in its months',
      interval('UTC', { months: [parseMonthRange('january:march')] }),
      '2026-03-31T23:59:00Z',
      true,
    ],
    ['not in others', interval('UTC', { months: [parseMonthRange('1:3')] }), '2026-04-01T00:00:00Z', false],
    ['in its years', interval('UTC', { years: [parseYearRange('2026:2027')] }), '2027-12-31T23:59:59Z', true],
    [
      'not in others',
      interval('UTC', { years: [parseYearRange('2026:2027')] }),
      '2028-01-01T00:00:00Z',
      false,
    ],
    ['always without conditions', interval('UTC', {}), '2026-01-01T00:00:00Z', true],
    ['never without any set of them', interval('UTC'), '2026-01-01T00:00:00Z', false],
    [
      'never where a list is there and empty',
      interval('UTC', { weekdays: [] }),
      '2026-01-01T00:00:00Z',
      false,
    ],
  ])('%s', (_, subject, instant, expected) => {
    expect(isActive(subject, ms(instant))).toBe(expected);
  });

  test('when any of its sets holds, all conditions of one together', () => {
    const subject = interval(
      'UTC',
      { weekdays: [parseWeekdayRange('saturday')], months: [parseMonthRange('12')] },
      { daysOfMonth: [parseDayOfMonthRange('1')] },
    );
    expect(isActive(subject, ms('2026-12-05T00:00:00Z'))).toBe(true);
    expect(isActive(subject, ms('2026-11-07T00:00:00Z'))).toBe(false);
    expect(isActive(subject, ms('2026-11-01T00:00:00Z'))).toBe(true);
  });
});

describe('an interval changes next', () => {
  const atTwoThirty = interval('Europe/Berlin', { times: [parseTimeRange('02:30-04:00')] });
  const leapDay = interval('UTC', {
    months: [parseMonthRange('february')],
    daysOfMonth: [parseDayOfMonthRange('29')],
  });
  test.each([
    ['at its start', officeHours, '2026-01-05T05:00:30Z', '2026-01-05T08:00Z'],
    ['at its end', officeHours, '2026-01-05T08:00:00Z', '2026-01-05T16:00Z'],
    ['after a weekend', officeHours, '2026-01-09T16:00:00Z', '2026-01-12T08:00Z'],
    [
      'at the end of a night that is written as two',
      nights('UTC'),
      '2026-01-05T22:10:00Z',
      '2026-01-06T06:00Z',
    ],
    [
      'an hour early by UTC after the clocks went forward',
      nights('Europe/Berlin'),
      '2026-03-28T22:00:00Z',
      '2026-03-29T04:00Z',
    ],
    [
      'an hour late by UTC after they went back',
      nights('Europe/Berlin'),
      '2026-10-24T21:00:00Z',
      '2026-10-25T05:00Z',
    ],
    [
      'where its start falls into the hour that is left out',
      atTwoThirty,
      '2026-03-29T00:00:00Z',
      '2026-03-29T01:00Z',
    ],
    ['where the hour comes again: begins', atTwoThirty, '2026-10-25T00:00:00Z', '2026-10-25T00:30Z'],
    [
      'where the hour comes again: ends as the clocks go back',
      atTwoThirty,
      '2026-10-25T00:30:00Z',
      '2026-10-25T01:00Z',
    ],
    ['where the hour comes again: begins again', atTwoThirty, '2026-10-25T01:00:00Z', '2026-10-25T01:30Z'],
    [
      'half an hour shifted on Lord Howe',
      nights('Australia/Lord_Howe'),
      '2026-10-03T12:00:00Z',
      '2026-10-03T19:00Z',
    ],
    ['at the turn of a month', days('-1'), '2026-02-27T05:00:00Z', '2026-02-28T00:00Z'],
    ['on a leap day years away', leapDay, '2026-01-01T00:00:00Z', '2028-02-29T00:00Z'],
    [
      'at the turn of a year',
      interval('UTC', { years: [parseYearRange('2026:2027')] }),
      '2026-01-01T00:00:00Z',
      '2028-01-01T00:00Z',
    ],
  ])('%s', (_, subject, instant, expected) => {
    expect(iso(nextChange(subject, ms(instant)))).toBe(expected);
  });

  test.each([
    ['what is always so', interval('UTC', {}), true],
    ['what is over', interval('UTC', { years: [parseYearRange('2020')] }), false],
    [
      'days that no month has',
      interval('UTC', { months: [parseMonthRange('2')], daysOfMonth: [parseDayOfMonthRange('30')] }),
      false,
    ],
    [
      'times from midnight to midnight',
      interval('Europe/Berlin', { times: [parseTimeRange('00:00-24:00')] }),
      true,
    ],
  ])('never: %s', (_, subject, active) => {
    expect(nextChange(subject, ms('2026-01-01T00:00:00Z'))).toBeUndefined();
    expect(isActive(subject, ms('2026-01-01T00:00:00Z'))).toBe(active);
  });
});

/** A second way to the clock on the wall, of which nothing is shared with the first. */
function wallOf(timeZone: string, epochMs: number) {
  const text = new Date(epochMs).toLocaleString('sv-SE', { timeZone });
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = text.split(/\D/).map(Number);
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  return {
    year,
    month,
    day,
    weekday,
    minute: hour * 60 + minute,
    length: new Date(Date.UTC(year, month, 0)).getUTCDate(),
  };
}

function isActiveNaively({ timeZone, intervals }: TimeInterval, epochMs: number): boolean {
  const { year, month, day, weekday, minute, length } = wallOf(timeZone, epochMs);
  const fromStart = (number: number) => (number < 0 ? length + 1 + number : number);
  return intervals.some(
    ({ times, weekdays, daysOfMonth, months, years }) =>
      (times?.some(({ from, to }) => from <= minute && minute < to) ?? true) &&
      (weekdays?.some(({ from, to }) => from <= weekday && weekday <= to) ?? true) &&
      (daysOfMonth?.some(({ from, to }) => fromStart(from) <= day && day <= fromStart(to)) ?? true) &&
      (months?.some(({ from, to }) => from <= month && month <= to) ?? true) &&
      (years?.some(({ from, to }) => from <= year && year <= to) ?? true),
  );
}

const zone = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Pacific/Kiritimati',
);
const sorted = (min: number, max: number, least = 0) =>
  fc
    .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
    .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }))
    .filter(({ from, to }) => to - from >= least);
const list = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 1, maxLength: 2 });
const conditions: fc.Arbitrary<TimeConditions> = fc.record(
  {
    times: list(sorted(0, 1_440, 1)),
    weekdays: list(sorted(0, 6)),
    daysOfMonth: list(fc.oneof(sorted(1, 31), sorted(-31, -1))),
    months: list(sorted(1, 12)),
  },
  { requiredKeys: [] },
);
const someInterval = fc
  .tuple(zone, fc.array(conditions, { maxLength: 2 }))
  .map(([timeZone, intervals]) => interval(timeZone, ...intervals));
/** Around days on which clocks change somewhere, and any other day. */
const instant = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(
        '2026-03-08',
        '2026-03-29',
        '2026-04-04',
        '2026-10-03',
        '2026-10-25',
        '2026-11-01',
        '2028-02-29',
      ),
      fc.integer({ min: -2_880, max: 2_880 }),
    )
    .map(([day, minutes]) => ms(`${day}T00:00:00Z`) + minutes * minuteMs + 30_000),
  fc.integer({ min: ms('2025-01-01'), max: ms('2030-01-01') }),
);

test('says the same as a plain reading of the clock on the wall, whenever it is asked', () => {
  fc.assert(
    fc.property(someInterval, fc.array(instant, { minLength: 1, maxLength: 4 }), (subject, instants) => {
      for (const at of instants) expect(isActive(subject, at)).toBe(isActiveNaively(subject, at));
    }),
    { numRuns: 1_000 },
  );
});

test('changes first where it says', () => {
  fc.assert(
    fc.property(someInterval, instant, (subject, at) => {
      const change = nextChange(subject, at);
      const before = isActiveNaively(subject, at);
      if (change !== undefined) {
        expect(change).toBeGreaterThan(at);
        expect(isActiveNaively(subject, change)).toBe(!before);
        expect(isActiveNaively(subject, change - 1)).toBe(before);
      }
      // a sample of what lies before it: one day in steps of a minute, then days
      const end = change ?? at + 40 * 86_400_000;
      for (let step = at; step < Math.min(end, at + 120 * minuteMs); step += minuteMs) {
        expect(isActiveNaively(subject, step)).toBe(before);
      }
      for (let step = at; step < Math.min(end, at + 40 * 86_400_000); step += 7 * 3_599_000) {
        expect(isActiveNaively(subject, step)).toBe(before);
      }
    }),
    { numRuns: 200 },
  );
}, 30_000);

test.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['Europe/Bärlin', false],
  ['Local', false],
  ['', false],
])('knows whether %s is a time zone', (name, expected) => {
  expect(isTimeZone(name)).toBe(expected);
});
