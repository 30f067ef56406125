import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseInstant } from './instant.ts';

test.each([
  ['2026-09-14T08:21:07Z', '2026-09-14T08:21:07.000Z'],
  ['2026-09-14t08:21:07z', '2026-09-14T08:21:07.000Z'],
  ['2026-09-14T08:21:07.5Z', '2026-09-14T08:21:07.500Z'],
  ['2026-09-14T08:21:07.123456789Z', '2026-09-14T08:21:07.123Z'],
  ['2026-09-14T10:21:07+02:00', '2026-09-14T08:21:07.000Z'],
  ['2026-09-14T00:21:07-08:30', '2026-09-14T08:51:07.000Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
])('reads %s', (text, expected) => {
  expect(new Date(parseInstant(text) ?? Number.NaN).toISOString()).toBe(expected);
});

test.each([
  '',
  '2026-09-14',
  '2026-09-14 08:21:07Z',
  '2026-09-14T08:21:07',
  '2026-09-14T24:00:00Z',
  '2026-09-14T08:60:00Z',
  '2025-02-29T00:00:00Z',
  '2026-04-31T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-00-10T00:00:00Z',
  '2026-01-00T00:00:00Z',
  '2026-09-14T08:21:07+24:00',
  '+002026-09-14T08:21:07Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59-01:00',
  '2026-09-14T08:21:07Z\n',
  '1789000000',
])('refuses %j', (text) => {
  expect(parseInstant(text)).toBeUndefined();
});

test('reads back any instant that it could have written', () => {
  const anyDate = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(anyDate, (date) => {
      expect(parseInstant(date.toISOString())).toBe(date.getTime());
    }),
    { numRuns: 1_000, verbose: true },
  );
});
