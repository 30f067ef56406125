import { TocsinError } from '../errors.ts';
import type { NumberRange } from './time-interval.ts';

/**
 * The texts of Alertmanager's `time_interval`, but that a span of time is one text, `22:00-24:00`, instead of two keys.
 * Ranges have both of their ends but for times, whose end is excluded; none goes on from its end to the beginning, so
 * a night is two of them. Letter case does not matter. Each throws `invalid_config` with what is wrong as `detail`.
 *
 * Source: https://prometheus.io/docs/alerting/latest/configuration/#time_interval-0
 */

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

const months = [
  ...['january', 'february', 'march', 'april', 'may', 'june'],
  ...['july', 'august', 'september', 'october', 'november', 'december'],
];

/** The shortest month, on which a range that counts from both ends is checked. */
const shortestMonth = 28;

/** `08:00-17:30` in minutes of the day; `24:00` is its end. */
export function parseTimeRange(text: string): NumberRange {
  const [, start, end] = /^\s*([^\s-]+)\s*-\s*([^\s-]+)\s*$/.exec(text) ?? [];
  if (start === undefined || end === undefined) throw invalid('must be written as HH:MM-HH:MM');
  const range = { from: parseTime(start), to: parseTime(end) };
  if (range.from >= range.to) {
    throw invalid('the end must be later than the start; what passes midnight is two ranges');
  }
  return range;
}

/** `monday` or `monday:friday`; the week begins on Sunday. */
export function parseWeekdayRange(text: string): NumberRange {
  const range = parseRange(text, (name) => {
    const day = weekdays.indexOf(name);
    if (day === -1) throw invalid('a weekday is one of sunday, monday and so on to saturday');
    return day;
  });
  return ordered(range, 'the last day comes before the first; the week begins on sunday');
}

/** `1:5` or, from the month's end, `-3:-1`; 1 to 31 and -1 to -31. */
export function parseDayOfMonthRange(text: string): NumberRange {
  const range = parseRange(text, (number) => {
    const day = parseInteger(number);
    if (day === 0 || day < -31 || day > 31) throw invalid('a day of the month is 1 to 31 or -31 to -1');
    return day;
  });
  if (range.from < 0 && range.to > 0) throw invalid('a range that begins with a negative day ends with one');
  const fromStart = (day: number) => (day < 0 ? shortestMonth + day : day);
  if (fromStart(range.from) > fromStart(range.to)) throw invalid('the last day is before the first');
  return range;
}

/** `march`, `january:march` or `1:3`. */
export function parseMonthRange(text: string): NumberRange {
  const range = parseRange(text, (name) => {
    const month = months.includes(name) ? months.indexOf(name) + 1 : parseInteger(name, 'a name or a number');
    if (month < 1 || month > 12) throw invalid('a month is january to december or 1 to 12');
    return month;
  });
  return ordered(range, 'the last month is before the first');
}

/** `2026` or `2026:2028`. */
export function parseYearRange(text: string): NumberRange {
  const range = parseRange(text, (number) => {
    const year = parseInteger(number);
    if (year < 1) throw invalid('a year is positive');
    return year;
  });
  return ordered(range, 'the last year is before the first');
}

function parseRange(text: string, parseMember: (member: string) => number): NumberRange {
  const [first = '', last = first, ...rest] = text.trim().toLowerCase().split(':');
  if (rest.length > 0) throw invalid('a range has one colon');
  return { from: parseMember(first.trim()), to: parseMember(last.trim()) };
}

function ordered(range: NumberRange, detail: string): NumberRange {
  if (range.from > range.to) throw invalid(detail);
  return range;
}

function parseTime(text: string): number {
  if (text === '24:00') return 1_440;
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hours === undefined || minutes === undefined) throw invalid('a time is 00:00 to 24:00');
  return Number(hours) * 60 + Number(minutes);
}

function parseInteger(text: string, expected = 'a whole number'): number {
  if (!/^-?\d{1,4}$/.test(text)) throw invalid(`must be ${expected}, or two with a colon between them`);
  return Number(text);
}

function invalid(detail: string): TocsinError {
  return new TocsinError('invalid_config', { detail });
}
