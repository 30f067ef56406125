import type { NumberRange, TimeConditions } from './time-interval.ts';

const minutesPerDay = 1_440;

/** Whether all conditions hold at a wall time, as `wallTimeMs` gives it. An empty list holds never, as in Alertmanager. */
export function holdsAt(conditions: TimeConditions, wallMs: number): boolean {
  const wall = new Date(wallMs);
  return (
    holdsAtMinute(conditions, wall.getUTCHours() * 60 + wall.getUTCMinutes()) && holdsOn(conditions, wall)
  );
}

/** How much of a day, by the wall, the conditions hold for. */
export function shareOfDay(conditions: TimeConditions, wall: Date): 'none' | 'some' | 'all' {
  if (!holdsOn(conditions, wall)) return 'none';
  const { times } = conditions;
  return times === undefined || times.some(({ from, to }) => from <= 0 && to >= minutesPerDay)
    ? 'all'
    : 'some';
}

function holdsAtMinute({ times }: TimeConditions, minute: number): boolean {
  return times === undefined || times.some(({ from, to }) => minute >= from && minute < to);
}

function holdsOn({ weekdays, daysOfMonth, months, years }: TimeConditions, wall: Date): boolean {
  return (
    isWithin(weekdays, wall.getUTCDay()) &&
    isWithin(months, wall.getUTCMonth() + 1) &&
    isWithin(years, wall.getUTCFullYear()) &&
    (daysOfMonth === undefined || isDayWithin(daysOfMonth, wall))
  );
}

function isWithin(ranges: readonly NumberRange[] | undefined, value: number): boolean {
  return ranges === undefined || ranges.some(({ from, to }) => value >= from && value <= to);
}

/** Days beyond the month's end are cut off; a range that lies wholly beyond it does not come about in that month. */
function isDayWithin(ranges: readonly NumberRange[], wall: Date): boolean {
  const day = wall.getUTCDate();
  const length = new Date(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() + 1, 0)).getUTCDate();
  const fromStart = (number: number) => (number < 0 ? length + number + 1 : number);
  return ranges.some(({ from, to }) => day >= fromStart(from) && day <= fromStart(to));
}
