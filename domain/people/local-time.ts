import { Temporal } from 'temporal-polyfill';

/**
 * Local times as numbers: what the clock on the wall shows, in milliseconds as if it were UTC, so that days and weeks
 * are plain arithmetic. Only the two ways between them and instants know of time zones.
 */

const nanosecondsPerMs = 1_000_000;

/** An instant and what the wall shows then. */
export interface Moment {
  readonly timeZone: string;
  readonly epochMs: number;
  readonly localMs: number;
}

/** Throws a RangeError for a time zone that is none. */
export function momentAt(timeZone: string, epochMs: number): Moment {
  const zoned = Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(timeZone);
  return { timeZone, epochMs, localMs: epochMs + offsetMsOf(zoned) };
}

/**
 * The first instant at which the wall shows this local time or a later one. A time that is skipped when clocks are put
 * forward is reached at that moment, one that is shown twice the first time; so what comes later by the wall never
 * begins earlier.
 */
export function firstInstantOf(timeZone: string, localMs: number): number {
  const local = new Date(localMs);
  const plain = new Temporal.PlainDateTime(
    local.getUTCFullYear(),
    local.getUTCMonth() + 1,
    local.getUTCDate(),
    local.getUTCHours(),
    local.getUTCMinutes(),
  );
  const earliest = plain.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  const isShown = earliest.epochMilliseconds + offsetMsOf(earliest) === localMs;
  const reached = isShown ? earliest : (earliest.getTimeZoneTransition('next') ?? earliest);
  return reached.epochMilliseconds;
}

/** `2026-01-05T09:00` as such a number, whole minutes. Throws a RangeError for what is no local date and time. */
export function parseLocalTime(text: string): number {
  const { year, month, day, hour, minute } = Temporal.PlainDateTime.from(text);
  return Date.UTC(year, month - 1, day, hour, minute);
}

function offsetMsOf(zoned: Temporal.ZonedDateTime): number {
  return zoned.offsetNanoseconds / nanosecondsPerMs;
}
