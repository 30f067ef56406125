import { firstInstantOf, type Moment } from './local-time.ts';
import { type Restriction, weekdays } from './people.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const midnight = '00:00';
/** 1 January 1970 was a Thursday. */
const weekdayOfEpoch = weekdays.indexOf('thu');
/** Two weeks: a day that a time zone leaves out may be the only one of the week. */
const maxSearchDays = 14;

/** How a restriction stands, and from when until when it does; epoch milliseconds, the end excluded. */
export interface Window {
  readonly isOpen: boolean;
  readonly fromMs: number;
  readonly untilMs: number;
}

const always: Window = {
  isOpen: true,
  fromMs: Number.NEGATIVE_INFINITY,
  untilMs: Number.POSITIVE_INFINITY,
};

interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Whether a layer with this restriction is active at an instant. Windows that touch are told as two. */
export function windowAt(restriction: Restriction, { timeZone, epochMs, localMs }: Moment): Window {
  if (isAlways(restriction)) return always;
  const today = Math.floor(localMs / dayMs);
  const spanOf = (day: number) => spanOn(restriction, timeZone, day);
  // tomorrow too: where clocks are put back at midnight, it has begun once already
  for (const day of [today, today - 1, today + 1]) {
    const span = spanOf(day);
    if (span !== undefined && span.fromMs <= epochMs && epochMs < span.untilMs) {
      return { isOpen: true, ...span };
    }
  }
  const days = Array.from({ length: maxSearchDays }, (_, index) => index);
  const next = firstSpan(
    days,
    (index) => spanOf(today + index),
    (span) => span.fromMs > epochMs,
  );
  const last = firstSpan(
    days,
    (index) => spanOf(today + 1 - index),
    (span) => span.untilMs <= epochMs,
  );
  return {
    isOpen: false,
    fromMs: last?.untilMs ?? Number.NEGATIVE_INFINITY,
    untilMs: next?.fromMs ?? Number.POSITIVE_INFINITY,
  };
}

/** Windows of a whole day on every day. */
function isAlways({ days = weekdays, from = midnight, to = midnight }: Restriction): boolean {
  return from === to && weekdays.every((day) => days.includes(day));
}

function firstSpan(
  days: readonly number[],
  spanOf: (index: number) => Span | undefined,
  isWanted: (span: Span) => boolean,
): Span | undefined {
  for (const index of days) {
    const span = spanOf(index);
    if (span !== undefined && isWanted(span)) return span;
  }
  return undefined;
}

/** The window that begins on a local day, counted from 1970; undefined when there is none, or clocks skip all of it. */
function spanOn(
  { days, from = midnight, to = midnight }: Restriction,
  timeZone: string,
  day: number,
): Span | undefined {
  const weekday = weekdays[(((day + weekdayOfEpoch) % 7) + 7) % 7];
  if (weekday === undefined || days?.includes(weekday) === false) return undefined;
  const lastDay = minutesOf(to) <= minutesOf(from) ? day + 1 : day;
  const fromMs = firstInstantOf(timeZone, day * dayMs + minutesOf(from) * minuteMs);
  const untilMs = firstInstantOf(timeZone, lastDay * dayMs + minutesOf(to) * minuteMs);
  return fromMs < untilMs ? { fromMs, untilMs } : undefined;
}

function minutesOf(time: string): number {
  const [hours = '', minutes = ''] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}
