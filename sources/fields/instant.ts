import { startAssumed } from '../../domain/alert/alert.ts';
import { limits } from '../../domain/limits.ts';
import { isCanonical, isZeroInstant, parseInstant } from '../instant.ts';
import { isAbsent } from './json-object.ts';
import { numberOf } from './number.ts';
import { addFlag, noteCoerced, type Reading } from './reading.ts';
import { RejectedField } from './rejected-field.ts';

/** Unix times below are seconds, above milliseconds: 1e11 seconds are the year 5138, 1e11 milliseconds 1973. */
const firstMilliseconds = 100_000_000_000;
/** A smaller number is a count or a duration rather than an instant: 1973 as seconds. */
const firstSeconds = 100_000_000;
const lastMs = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * An optional instant, RFC 3339; a coercive source may send Unix seconds or milliseconds. Milliseconds since 1970;
 * undefined when it is absent or Go's zero time, which means the same.
 *
 * @throws RejectedField
 */
export function readInstant(value: unknown, path: string, reading: Reading): number | undefined {
  if (isAbsent(value, path, reading)) return undefined;
  const atMs = (typeof value === 'string' ? parseInstant(value) : undefined) ?? convert(value, path, reading);
  if (atMs === undefined) {
    throw new RejectedField(path, 'must be an RFC 3339 instant such as "2026-01-05T09:00:00Z"');
  }
  return isZeroInstant(atMs) ? undefined : atMs;
}

/**
 * When the episode began, as ISO 8601. Without a usable start it is the time of arrival, flagged `start_assumed`: one
 * far ahead is a clock error, and kept, it would make every later, real episode look old.
 *
 * @throws RejectedField
 */
export function readStart(value: unknown, path: string, reading: Reading): string {
  const startMs = readInstant(value, path, reading);
  if (startMs !== undefined && startMs <= reading.receivedAtMs + limits.maxClockAheadMs) {
    return typeof value === 'string' && isCanonical(value) ? value : new Date(startMs).toISOString();
  }
  return assumeStart(reading);
}

/** For what names no start. Says so with a flag, and never begins an episode beside one that is open. */
export function assumeStart(reading: Reading): string {
  addFlag(reading, startAssumed);
  return new Date(reading.receivedAtMs).toISOString();
}

function convert(value: unknown, path: string, reading: Reading): number | undefined {
  if (reading.mode !== 'coercive') return undefined;
  const unix = typeof value === 'number' ? value : numberOf(value);
  if (unix === undefined || !(unix >= firstSeconds)) return undefined;
  const atMs = Math.round(unix < firstMilliseconds ? unix * 1_000 : unix);
  if (atMs > lastMs) return undefined;
  noteCoerced(reading, path);
  return atMs;
}
