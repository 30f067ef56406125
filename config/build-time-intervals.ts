import {
  parseDayOfMonthRange,
  parseMonthRange,
  parseTimeRange,
  parseWeekdayRange,
  parseYearRange,
} from '../domain/time-interval/parse-ranges.ts';
import type { NumberRange, TimeConditions, TimeInterval } from '../domain/time-interval/time-interval.ts';
import { timeZoneFault } from './check-time-zone.ts';
import { type Checks, readWith } from './checks.ts';
import { didYouMean } from './did-you-mean.ts';
import { rawEntries, validEntries, validPart } from './entries.ts';
import type { Path } from './problem.ts';
import {
  type TimeConditionsInput,
  timeConditionsSchema,
  timeIntervalSchema,
} from './schema/time-intervals.ts';

export interface TimeIntervals {
  /** Also of the intervals that are broken: those are told of by themselves. */
  readonly names: readonly string[];
  readonly byName: ReadonlyMap<string, TimeInterval>;
}

/** The time intervals that are whole; what is wrong with the others is told. */
export function buildTimeIntervals(document: unknown, checks: Checks): TimeIntervals {
  const entries = rawEntries(document, 'time_intervals');
  const intervals = entries.map(({ path, key: name, value }): TimeInterval => {
    const zone = validPart(value, 'timezone', timeIntervalSchema.shape.timezone) ?? 'UTC';
    const fault = timeZoneFault(zone);
    if (fault !== undefined) checks.findings.error([...path, 'timezone'], fault);
    const conditions = validEntries(value, 'intervals', timeConditionsSchema).map((entry) =>
      buildConditions(entry.value, [...path, ...entry.path], checks),
    );
    return { name, timeZone: zone, intervals: conditions };
  });
  return {
    names: entries.map(({ key }) => key),
    byName: new Map(intervals.map((interval) => [interval.name, interval])),
  };
}

/** The intervals that a rule or a route names; a name that nothing defines is told. */
export function findTimeIntervals(
  names: readonly string[],
  path: Path,
  { intervals, findings }: Pick<Checks, 'findings'> & { readonly intervals: TimeIntervals },
): readonly TimeInterval[] {
  return names.flatMap((name, index) => {
    const place = [...path, index];
    if (names.indexOf(name) < index) findings.error(place, 'is listed twice');
    if (!intervals.names.includes(name)) {
      findings.error(place, `there is no time interval of this name${didYouMean(name, intervals.names)}`);
    }
    const interval = intervals.byName.get(name);
    return interval === undefined ? [] : [interval];
  });
}

function buildConditions(input: TimeConditionsInput, path: Path, checks: Checks): TimeConditions {
  const read = (key: keyof TimeConditionsInput, parse: (text: string) => NumberRange) =>
    input[key]?.flatMap((text, index) => {
      const range = readWith(parse, { text, path: [...path, key, index], what: 'a valid range', checks });
      return range === undefined ? [] : [range];
    });
  return withoutAbsent({
    times: read('times', parseTimeRange),
    weekdays: read('weekdays', parseWeekdayRange),
    daysOfMonth: read('days_of_month', parseDayOfMonthRange),
    months: read('months', parseMonthRange),
    years: read('years', parseYearRange),
  });
}

function withoutAbsent(
  conditions: {
    readonly [K in keyof TimeConditions]-?: TimeConditions[K] | undefined;
  },
): TimeConditions {
  return Object.fromEntries(Object.entries(conditions).filter(([, ranges]) => ranges !== undefined));
}
