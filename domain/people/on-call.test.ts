import { describe, expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { findGaps, nextOnCall, onCallAt, onDutyAt, shiftsOf } from './on-call.ts';
import type { Layer, Schedule, ScheduleOverride } from './people.ts';
import { aLayer, anOverride, aSchedule } from './testing/a-schedule.ts';

const ms = (instant: string) => Date.parse(instant);
const iso = (epochMs: number) => (Number.isFinite(epochMs) ? new Date(epochMs).toISOString() : epochMs);
const span = (from: string, until: string) => ({ fromMs: ms(from), untilMs: ms(until) });

/** Each shift as `user start`, starts in UTC without seconds. */
function startsOf(layers: readonly Layer[], from: string, until: string, timeZone = 'Europe/Berlin') {
  return shiftsOf(aSchedule({ timeZone, layers }), [], span(from, until)).map(
    ({ user, fromMs }) => `${user} ${new Date(fromMs).toISOString().slice(0, 16)}`,
  );
}

function whoIs(schedule: Schedule, at: string, overrides: readonly ScheduleOverride[] = []) {
  return onCallAt(schedule, overrides, ms(at))?.user;
}

describe('handoffs', () => {
  test('a weekly one stays at its time of day when clocks change', () => {
    expect(startsOf([aLayer()], '2026-03-16T12:00Z', '2026-04-08T00:00Z')).toEqual([
      'amy 2026-03-16T08:00',
      'bo 2026-03-23T08:00',
      'amy 2026-03-30T07:00',
      'bo 2026-04-06T07:00',
    ]);
    expect(startsOf([aLayer()], '2026-10-19T12:00Z', '2026-11-01T00:00Z')).toEqual([
      'bo 2026-10-19T07:00',
      'amy 2026-10-26T08:00',
    ]);
  });

  test('one on Sunday and one on Monday are a day apart', () => {
    const [sunday, monday] = ['2026-01-04T00:00', '2026-01-05T00:00'].map((start) =>
      startsOf([aLayer({ start })], '2026-02-02T00:00Z', '2026-02-09T00:00Z', 'UTC'),
    );
    expect(sunday).toEqual(['amy 2026-02-01T00:00', 'bo 2026-02-08T00:00']);
    expect(monday).toEqual(['amy 2026-02-02T00:00']);
  });

  test('at an hour that is left out it is when clocks are put forward, at one that comes twice the first time', () => {
    const daily = aLayer({ rotation: { unit: 'day', every: 1 }, start: '2026-03-28T02:30' });
    expect(startsOf([daily], '2026-03-28T06:00Z', '2026-03-30T06:00Z')).toEqual([
      'amy 2026-03-28T01:30',
      'bo 2026-03-29T01:00',
      'amy 2026-03-30T00:30',
    ]);
    expect(startsOf([daily], '2026-10-24T06:00Z', '2026-10-26T06:00Z')).toEqual([
      'amy 2026-10-24T00:30',
      'bo 2026-10-25T00:30',
      'amy 2026-10-26T01:30',
    ]);
  });

  test('half days keep to 09:00 and 21:00 when a day has 25 hours', () => {
    const halves = aLayer({ rotation: { unit: 'hour', every: 12 } });
    expect(startsOf([halves], '2026-10-24T12:00Z', '2026-10-26T00:00Z')).toEqual([
      'amy 2026-10-24T07:00',
      'bo 2026-10-24T19:00',
      'amy 2026-10-25T08:00',
      'bo 2026-10-25T20:00',
    ]);
  });

  test('a monthly one on the 31st is on the last day of shorter months, and on the 31st again after them', () => {
    const monthly = aLayer({ rotation: { unit: 'month', every: 1 }, start: '2023-10-31T09:00' });
    expect(startsOf([monthly], '2023-12-31T12:00Z', '2024-05-31T12:00Z', 'UTC')).toEqual([
      'amy 2023-12-31T09:00',
      'bo 2024-01-31T09:00',
      'amy 2024-02-29T09:00',
      'bo 2024-03-31T09:00',
      'amy 2024-04-30T09:00',
      'bo 2024-05-31T09:00',
    ]);
  });

  test('one that began on a leap day goes on', () => {
    const yearly = aLayer({ rotation: { unit: 'month', every: 12 }, start: '2024-02-29T00:00' });
    expect(startsOf([yearly], '2025-03-01T00:00Z', '2028-03-01T00:00Z', 'UTC')).toEqual([
      'bo 2025-02-28T00:00',
      'amy 2026-02-28T00:00',
      'bo 2027-02-28T00:00',
      'amy 2028-02-29T00:00',
    ]);
  });

  test('each of three has every third day of months with 31 days', () => {
    const daily = aLayer({ users: ['amy', 'bo', 'cy'], rotation: { unit: 'day', every: 1 } });
    expect(startsOf([daily], '2026-07-30T12:00Z', '2026-08-02T00:00Z')).toEqual([
      'cy 2026-07-30T07:00',
      'amy 2026-07-31T07:00',
      'bo 2026-08-01T07:00',
    ]);
  });
});

describe('layers', () => {
  const days = aLayer({
    users: ['di'],
    restrict: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' },
  });

  test('a higher one covers the lower ones while it is active', () => {
    const schedule = aSchedule({ layers: [aLayer({ users: ['amy'] }), days] });
    expect(whoIs(schedule, '2026-01-06T07:59:59.999Z')).toBe('amy');
    expect(whoIs(schedule, '2026-01-06T08:00Z')).toBe('di');
    expect(whoIs(schedule, '2026-01-06T17:00Z')).toBe('amy');
    expect(whoIs(schedule, '2026-01-10T12:00Z')).toBe('amy');
  });

  test('turns go on while a restriction keeps the layer from being active', () => {
    const weekend = aLayer({ rotation: { unit: 'day', every: 1 }, restrict: { days: ['mon'] } });
    expect(startsOf([weekend], '2026-01-06T00:00Z', '2026-01-27T00:00Z', 'UTC')).toEqual([
      'amy 2026-01-12T00:00',
      'bo 2026-01-12T09:00',
      'bo 2026-01-19T00:00',
      'amy 2026-01-19T09:00',
      'amy 2026-01-26T00:00',
      'bo 2026-01-26T09:00',
    ]);
  });

  test('a night belongs to the day on which it began', () => {
    const nights = aLayer({ users: ['amy'], restrict: { days: ['fri'], from: '22:00', to: '06:00' } });
    const [night] = shiftsOf(
      aSchedule({ layers: [nights] }),
      [],
      span('2026-01-10T00:00Z', '2026-01-11T00:00Z'),
    );
    expect([iso(night?.fromMs ?? 0), iso(night?.untilMs ?? 0)]).toEqual([
      '2026-01-09T21:00:00.000Z',
      '2026-01-10T05:00:00.000Z',
    ]);
  });

  test('a window that has begun stays open when clocks are put back before its start', () => {
    const schedule = aSchedule({
      timeZone: 'America/St_Johns',
      layers: [
        aLayer({ users: ['amy'], start: '2010-01-01T00:00', restrict: { days: ['sun'], to: '12:00' } }),
      ],
    });
    // a minute after midnight to Sunday it was Saturday 23:01 once more
    expect(whoIs(schedule, '2010-11-07T02:29Z')).toBeUndefined();
    expect(whoIs(schedule, '2010-11-07T02:30Z')).toBe('amy');
    expect(whoIs(schedule, '2010-11-07T02:45Z')).toBe('amy');
    expect(whoIs(schedule, '2010-11-07T15:30Z')).toBeUndefined();
  });

  test('a layer begins at its start and ends at its end', () => {
    const schedule = aSchedule({ layers: [aLayer({ end: '2026-01-07T09:00' })] });
    expect(whoIs(schedule, '2026-01-05T07:59:59.999Z')).toBeUndefined();
    expect(onCallAt(schedule, [], ms('2026-01-05T08:00Z'))).toEqual({
      user: 'amy',
      via: { kind: 'layer', layer: 0 },
      untilMs: ms('2026-01-07T08:00Z'),
    });
    expect(whoIs(schedule, '2026-01-07T08:00Z')).toBeUndefined();
  });

  test('one person without an end is on call for ever, however the rotation goes', () => {
    const schedule = aSchedule({ layers: [aLayer({ users: ['amy', 'amy'] })] });
    expect(onCallAt(schedule, [], ms('2036-01-05T08:00Z'))?.untilMs).toBe(Number.POSITIVE_INFINITY);
    expect(nextOnCall(schedule, [], ms('2036-01-05T08:00Z'))).toBeUndefined();
  });
});

describe('overrides', () => {
  const at = '2026-01-06T12:00Z';
  const holds = { startMs: ms(at), endMs: ms('2026-01-06T18:00Z') };

  test('one that starts now holds now, and until just before its end', () => {
    const override = anOverride(holds);
    expect(onCallAt(aSchedule(), [override], ms(at))).toEqual({
      user: 'zoe',
      via: { kind: 'override', id: 'one' },
      untilMs: holds.endMs,
    });
    expect(onCallAt(aSchedule(), [override], ms(at) - 1)).toMatchObject({ user: 'amy', untilMs: ms(at) });
    expect(whoIs(aSchedule(), '2026-01-06T17:59:59.999Z', [override])).toBe('zoe');
    expect(whoIs(aSchedule(), '2026-01-06T18:00Z', [override])).toBe('amy');
  });

  test('the newest that holds wins', () => {
    const older = anOverride({ ...holds, id: 'older', user: 'yan', endMs: ms('2026-01-07T00:00Z') });
    const newer = anOverride({ ...holds, id: 'newer' });
    expect(whoIs(aSchedule(), at, [older, newer])).toBe('zoe');
    expect(whoIs(aSchedule(), at, [newer, older])).toBe('yan');
    expect(whoIs(aSchedule(), '2026-01-06T19:00Z', [older, newer])).toBe('yan');
  });

  test('one of another schedule is nothing here', () => {
    expect(whoIs(aSchedule(), at, [anOverride({ ...holds, schedule: 'web' })])).toBe('amy');
  });

  test('it fills a gap', () => {
    const schedule = aSchedule({ layers: [] });
    expect(whoIs(schedule, at, [anOverride(holds)])).toBe('zoe');
    expect(findGaps(schedule, [anOverride(holds)], span('2026-01-06T00:00Z', '2026-01-07T00:00Z'))).toEqual([
      span('2026-01-06T00:00Z', at),
      span('2026-01-06T18:00Z', '2026-01-07T00:00Z'),
    ]);
  });
});

test('shifts are whole although they are asked for from their middle, and neighbours of one person are one', () => {
  const office = aLayer({ users: ['amy'], restrict: { days: ['mon', 'tue'] } });
  const [shift, ...others] = shiftsOf(
    aSchedule({ timeZone: 'UTC', layers: [office] }),
    [],
    span('2026-01-13T12:00Z', '2026-01-13T13:00Z'),
  );
  expect(shift).toMatchObject(span('2026-01-12T00:00Z', '2026-01-14T00:00Z'));
  expect(others).toEqual([]);
});

test('gaps are cut to the time that is asked for', () => {
  const office = aLayer({ restrict: { days: ['mon'], from: '09:00', to: '17:00' } });
  const schedule = aSchedule({ timeZone: 'UTC', layers: [office] });
  expect(findGaps(schedule, [], span('2026-01-12T12:00Z', '2026-01-20T00:00Z'))).toEqual([
    span('2026-01-12T17:00Z', '2026-01-19T09:00Z'),
    span('2026-01-19T17:00Z', '2026-01-20T00:00Z'),
  ]);
  expect(findGaps(aSchedule(), [], span('2026-01-12T12:00Z', '2027-01-12T12:00Z'))).toEqual([]);
});

test('next is another person, or the same one after a gap', () => {
  const at = ms('2026-01-06T12:00Z');
  expect(nextOnCall(aSchedule(), [], at)).toEqual({ user: 'bo', atMs: ms('2026-01-12T08:00Z') });
  const mondays = aSchedule({ layers: [aLayer({ users: ['amy'], restrict: { days: ['mon'] } })] });
  expect(nextOnCall(mondays, [], ms('2026-01-12T12:00Z'))).toEqual({
    user: 'amy',
    atMs: ms('2026-01-18T23:00Z'),
  });
  expect(nextOnCall(aSchedule({ layers: [] }), [], at)).toBeUndefined();
  const later = new Date(at + limits.maxShiftSearchMs + 86_400_000).toISOString().slice(0, 16);
  expect(nextOnCall(aSchedule({ layers: [aLayer({ start: later })] }), [], at)).toBeUndefined();
});

test('on duty is everybody with a turn in an active layer, the highest first', () => {
  const schedule = aSchedule({
    layers: [
      aLayer(),
      aLayer({ users: ['bo'], end: '2026-01-07T00:00' }),
      aLayer({ users: ['cy'] }),
      aLayer({ users: ['amy'] }),
    ],
  });
  const at = ms('2026-01-06T12:00Z');
  expect(onDutyAt(schedule, [], at)).toEqual(['amy', 'cy', 'bo']);
  expect(onDutyAt(schedule, [], ms('2026-01-13T12:00Z'))).toEqual(['amy', 'cy', 'bo']);
  expect(onDutyAt(schedule, [anOverride({ startMs: at, endMs: at + 1 })], at)).toEqual(['zoe']);
});

test('a rotation of thirty years by the hour answers as many shifts as one answer may have', () => {
  const old = aLayer({ rotation: { unit: 'hour', every: 1 }, start: '1996-01-05T09:00' });
  const shifts = shiftsOf(aSchedule({ layers: [old] }), [], span('2026-01-05T00:00Z', '2126-01-05T00:00Z'));
  expect(shifts).toHaveLength(limits.maxShifts);
});

test('the gaps of a year of ten layers are found before anybody notices', () => {
  const layers = Array.from({ length: 10 }, (_, index) =>
    aLayer({ restrict: { from: `1${index}:15`, to: `1${index}:45` } }),
  );
  const fromMs = Date.parse('2026-01-06T00:00:00.000Z');
  const before = process.cpuUsage();
  const gaps = findGaps(aSchedule({ layers }), [], { fromMs, untilMs: fromMs + limits.maxShiftSearchMs });
  expect(gaps.length).toBeGreaterThan(3_000);
  // a server answers nobody else meanwhile; with a look into the zone's history for each window it took seven seconds
  expect(process.cpuUsage(before).user / 1_000).toBeLessThan(2_000);
});
