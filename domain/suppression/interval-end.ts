import { limits } from '../limits.ts';
import { isActive, nextChange } from '../time-interval/is-active.ts';
import type { TimeInterval } from '../time-interval/time-interval.ts';

/**
 * When none of the intervals is active any more, where one may take over from another: milliseconds since 1970.
 * Undefined when that is further away than `nextChange` looks. After `limits.maxIntervalHops` it is the last end that
 * was found, which may be too early: then whoever waited for it asks again.
 */
export function endOfIntervals(intervals: readonly TimeInterval[], nowMs: number): number | undefined {
  let atMs = nowMs;
  for (let hop = 0; hop < limits.maxIntervalHops; hop += 1) {
    const instant = atMs;
    const current = intervals.find((interval) => isActive(interval, instant));
    if (current === undefined) return atMs;
    const end = nextChange(current, atMs);
    if (end === undefined) return undefined;
    atMs = end;
  }
  return atMs;
}

/** Of intervals that are all inactive, the one that begins first. Undefined when none begins in sight. */
export function firstToBegin(
  intervals: readonly TimeInterval[],
  nowMs: number,
): { readonly interval: TimeInterval; readonly atMs: number } | undefined {
  let first: { readonly interval: TimeInterval; readonly atMs: number } | undefined;
  for (const interval of intervals) {
    const atMs = nextChange(interval, nowMs);
    if (atMs !== undefined && (first === undefined || atMs < first.atMs)) first = { interval, atMs };
  }
  return first;
}
