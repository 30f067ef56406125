import { describe, expect, test } from 'vitest';
import {
  parseDayOfMonthRange,
  parseMonthRange,
  parseTimeRange,
  parseWeekdayRange,
  parseYearRange,
} from './parse-ranges.ts';
import type { NumberRange } from './time-interval.ts';

interface Table {
  readonly name: string;
  readonly parse: (text: string) => NumberRange;
  readonly read: readonly (readonly [text: string, from: number, to: number])[];
  readonly refused: readonly (readonly [text: string, reason: RegExp])[];
}

describe.each<Table>([
  {
    name: 'times',
    parse: parseTimeRange,
    read: [
      ['00:00-24:00', 0, 1_440],
      ['22:00-24:00', 1_320, 1_440],
      ['08:05 - 17:30', 485, 1_050],
    ],
    refused: [
      ['22:00-06:00', /passes midnight/],
      ['06:00-06:00', /later than the start/],
      ['24:00-24:00', /later than the start/],
      ['24:01-24:30', /00:00 to 24:00/],
      ['8:00-17:00', /00:00 to 24:00/],
      ['23:60-24:00', /00:00 to 24:00/],
      ['08:00', /HH:MM-HH:MM/],
      ['08:00-09:00-10:00', /HH:MM-HH:MM/],
      ['', /HH:MM-HH:MM/],
    ],
  },
  {
    name: 'weekdays',
    parse: parseWeekdayRange,
    read: [
      ['monday:friday', 1, 5],
      ['Sunday', 0, 0],
      ['sunday:saturday', 0, 6],
    ],
    refused: [
      ['friday:monday', /begins on sunday/],
      ['saturday:sunday', /begins on sunday/],
      ['mon:fri', /one of sunday/],
      ['1:5', /one of sunday/],
      ['monday:tuesday:friday', /one colon/],
    ],
  },
  {
    name: 'days of the month',
    parse: parseDayOfMonthRange,
    read: [
      ['1:5', 1, 5],
      ['-3:-1', -3, -1],
      ['15', 15, 15],
      ['1:-1', 1, -1],
      ['31', 31, 31],
    ],
    refused: [
      ['0', /1 to 31/],
      ['32', /1 to 31/],
      ['-32', /1 to 31/],
      ['-3:5', /ends with one/],
      ['5:1', /before the first/],
      ['-1:-3', /before the first/],
      ['20:-20', /before the first/],
      ['first', /whole number/],
      ['1.5', /whole number/],
    ],
  },
  {
    name: 'months',
    parse: parseMonthRange,
    read: [
      ['january:march', 1, 3],
      ['December', 12, 12],
      ['1:3', 1, 3],
      ['may:8', 5, 8],
    ],
    refused: [
      ['november:february', /before the first/],
      ['13', /january to december/],
      ['0', /january to december/],
      ['jan', /a name or a number/],
    ],
  },
  {
    name: 'years',
    parse: parseYearRange,
    read: [
      ['2026', 2_026, 2_026],
      ['2026:2028', 2_026, 2_028],
    ],
    refused: [
      ['2028:2026', /before the first/],
      ['0', /positive/],
      ['-5', /positive/],
      ['20260', /whole number/],
      ['', /whole number/],
    ],
  },
])('ranges of $name', ({ parse, read, refused }) => {
  test.each(read)('%s is read', (text, from, to) => {
    expect(parse(text)).toEqual({ from, to });
  });

  test.each(refused)('%s is refused with its reason', (text, reason) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'invalid_config' }));
    expect(() => parse(text)).toThrow(reason);
  });
});
