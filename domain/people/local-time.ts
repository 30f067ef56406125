import { Temporal } from 'temporal-polyfill';

/**
 * Local times as numbers: what the clock on the wall shows, in milliseconds as if it were UTC, so that days and weeks
 * are plain arithmetic. Only the two ways between them and instants know of time zones.
 */

const nanosecondsPerMs = 1_000_000;
const dayMs = 86_400_000;

/** From one change of a zone's clocks to the next one; epoch milliseconds, the end excluded. */
interface Era {
  readonly fromMs: number;
  readonly untilMs: number;
  /** How far the clocks are ahead of UTC. */
  readonly offsetMs: number;
}

/** The eras asked for last, at most so many of each zone: to search for one takes a hundred times as long as to use it. */
const maxKnownEras = 16;
const eras = new Map<string, Era[]>();

/** An instant and what the wall shows then. */
export interface Moment {
  readonly timeZone: string;
  readonly epochMs: number;
  readonly localMs: number;
}

/** Throws a RangeError for a time zone that is none. */
export function momentAt(timeZone: string, epochMs: number): Moment {
  return { timeZone, epochMs, localMs: epochMs + eraAt(timeZone, epochMs).offsetMs };
}

/** Whether the above works here: `Intl` knows more names than Temporal does. */
export function isZoneOfSchedules(timeZone: string): boolean {
  try {
    momentAt(timeZone, 0);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * The first instant at which the wall shows this local time or a later one. A time that is skipped when clocks are put
 * forward is reached at that moment, one that is shown twice the first time; so what comes later by the wall never
 * begins earlier.
 */
export function firstInstantOf(timeZone: string, localMs: number): number {
  // no clock has ever been a day ahead of UTC
  let era = eraAt(timeZone, localMs - dayMs);
  while (localMs - era.offsetMs >= era.untilMs) era = eraAt(timeZone, era.untilMs);
  return Math.max(localMs - era.offsetMs, era.fromMs);
}

function eraAt(timeZone: string, epochMs: number): Era {
  const known = eras.get(timeZone) ?? [];
  for (const era of known) if (era.fromMs <= epochMs && epochMs < era.untilMs) return era;
  const found = findEra(timeZone, epochMs);
  eras.set(timeZone, known);
  if (known.push(found) > maxKnownEras) known.shift();
  return found;
}

function findEra(timeZone: string, epochMs: number): Era {
  const zonedAt = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone);
  const zoned = zonedAt(epochMs);
  // a change at this very instant is the era's own
  const before = zonedAt(epochMs + 1).getTimeZoneTransition('previous');
  const after = zoned.getTimeZoneTransition('next');
  return {
    fromMs: before?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    untilMs: after?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offsetMs: zoned.offsetNanoseconds / nanosecondsPerMs,
  };
}

/** `2026-01-05T09:00` as such a number, whole minutes. Throws a RangeError for what is no local date and time. */
export function parseLocalTime(text: string): number {
  const { year, month, day, hour, minute } = Temporal.PlainDateTime.from(text);
  return Date.UTC(year, month - 1, day, hour, minute);
}
