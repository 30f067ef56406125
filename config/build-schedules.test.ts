import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { buildSchedules } from './build-schedules.ts';
import { createFindings } from './findings.ts';
import { formatPath } from './problem.ts';
import { scheduleSchema } from './schema/schedules.ts';

const users = new Set(['amy', 'bo']);

function build(text: string) {
  const findings = createFindings();
  const schedules = buildSchedules({ schedules: parse(text) }, { users, findings });
  return { schedules, problems: findings.errors.map(({ path, reason }) => `${formatPath(path)}: ${reason}`) };
}

const layerWith = (text: string) => `{ s: { layers: [{ ${text} }] } }`;
const turns = 'users: [amy, bo], rotation: weekly, start: 2026-01-05T09:00';

test('builds layers as they are written', () => {
  const { schedules, problems } = build(`
payments:
  timezone: Europe/Berlin
  layers:
    - { users: [amy, bo], rotation: weekly, start: "2026-01-05T09:00" }
    - users: [bo]
      rotation: { every: 12h }
      start: 2026-01-05T09:00
      end: 2027-01-05T09:00
      restrict: { days: [mon, fri], from: 18:00, to: 24:00 }
`);
  expect(problems).toEqual([]);
  expect(schedules.get('payments')).toEqual({
    name: 'payments',
    timeZone: 'Europe/Berlin',
    layers: [
      { users: ['amy', 'bo'], rotation: { unit: 'week', every: 1 }, start: '2026-01-05T09:00' },
      {
        users: ['bo'],
        rotation: { unit: 'hour', every: 12 },
        start: '2026-01-05T09:00',
        end: '2027-01-05T09:00',
        restrict: { days: ['mon', 'fri'], from: '18:00', to: '00:00' },
      },
    ],
  });
});

test.each([
  ['daily', { unit: 'day', every: 1 }],
  ['monthly', { unit: 'month', every: 1 }],
  ['{ every: 3d }', { unit: 'day', every: 3 }],
  ['{ every: 2w }', { unit: 'week', every: 2 }],
])('the rotation %s', (text, expected) => {
  const { schedules } = build(layerWith(`users: [amy], rotation: ${text}, start: 2026-01-05T09:00`));
  expect(schedules.get('s')?.layers[0]?.rotation).toEqual(expected);
});

test.each([
  [
    'a user that nobody knows',
    layerWith(`${turns}, users: [amy, bob]`.replace('users: [amy, bo], ', '')),
    ['schedules.s.layers[0].users[1]: there is no user of this name; did you mean "bo"?'],
  ],
  [
    'a time zone with a typing error',
    '{ s: { timezone: Europe/Berlim, layers: [] } }',
    ['schedules.s.timezone: is no time zone; did you mean "Europe/Berlin"?'],
  ],
  [
    'an offset for a time zone',
    '{ s: { timezone: "+01:00", layers: [] } }',
    ['schedules.s.timezone: must be a time zone such as Europe/Berlin'],
  ],
  [
    'an abbreviation, which several places have',
    `{ s: { timezone: IST, layers: [{ ${turns} }] } }`,
    ['schedules.s.timezone: must be a time zone such as Europe/Berlin, not an abbreviation'],
  ],
  [
    'a day that does not exist',
    layerWith(turns.replace('01-05', '02-30')),
    [
      'schedules.s.layers[0].start: must be a local date and time such as 2026-01-05T09:00, from 1970 to 2199',
    ],
  ],
  [
    'a start with a zone',
    layerWith(turns.replace('09:00', '09:00Z')),
    [
      'schedules.s.layers[0].start: must be a local date and time such as 2026-01-05T09:00, from 1970 to 2199',
    ],
  ],
  [
    'an end before the start',
    layerWith(`${turns}, end: 2026-01-05T09:00`),
    ['schedules.s.layers[0].end: must be later than the start'],
  ],
  [
    'a restriction without a length',
    layerWith(`${turns}, restrict: { from: 09:00, to: 09:00 }`),
    ['schedules.s.layers[0].restrict.to: must differ from `from`; without both it is the whole day'],
  ],
  [
    'a restriction from the end of the day',
    layerWith(`${turns}, restrict: { from: 24:00 }`),
    ['schedules.s.layers[0].restrict.from: must be a time of day such as 09:00'],
  ],
] as const)('%s is told', (_, text, problems) => {
  expect(build(text).problems).toEqual(problems);
});

test.each([
  ['a rotation that nobody knows', 'rotation: hourly'],
  ['a turn of minutes', 'rotation: { every: 30m }'],
  ['a turn of nothing', 'rotation: { every: 0h }'],
  ['no users', 'users: []'],
  ['a day that is none', 'restrict: { days: [monday] }'],
  ['a time that is none', 'restrict: { from: 9:00 }'],
  ['an empty restriction', 'restrict: {}'],
])('the schema refuses %s', (_, text) => {
  const layer = { ...(parse(`{ ${turns} }`) as object), ...(parse(`{ ${text} }`) as object) };
  expect(scheduleSchema.safeParse({ layers: [parse(`{ ${turns} }`)] }).success).toBe(true);
  expect(scheduleSchema.safeParse({ layers: [layer] }).success).toBe(false);
});
