import { limits } from '../limits.ts';
import { holdsAt } from './holds.ts';
import { findChange } from './next-change.ts';
import type { TimeInterval } from './time-interval.ts';
import { wallTimeMs } from './time-zone.ts';

const minuteMs = 60_000;

/** How the interval stands from one instant to another; epoch milliseconds. */
interface Span {
  readonly active: boolean;
  readonly fromMs: number;
  /** Undefined when it is further away than anybody looks. */
  readonly changesAtMs: number | undefined;
}

/**
 * The spans that were found last, at most `limits.maxKnownSpans` of each interval: time goes on, so the next question
 * is about the same one, or one of those that follow it.
 */
const spans = new WeakMap<TimeInterval, Span[]>();

/** Whether any of the interval's conditions hold at an instant, by the clocks of its time zone. */
export function isActive(interval: TimeInterval, epochMs: number): boolean {
  return spanAt(interval, epochMs).active;
}

/**
 * When the interval begins, or ends, next; later than `epochMs`. Undefined when it stays as it is for
 * `limits.maxIntervalSearchMs`.
 */
export function nextChange(interval: TimeInterval, epochMs: number): number | undefined {
  return spanAt(interval, epochMs).changesAtMs;
}

function spanAt(interval: TimeInterval, epochMs: number): Span {
  const known = spans.get(interval) ?? [];
  for (const span of known) if (isWithin(span, epochMs)) return span;
  const found = findSpan(interval, epochMs);
  spans.set(interval, known);
  if (known.push(found) > limits.maxKnownSpans) known.shift();
  return found;
}

function findSpan(interval: TimeInterval, epochMs: number): Span {
  // conditions know no seconds, and clocks are put forward and back at whole minutes
  const fromMs = Math.floor(epochMs / minuteMs) * minuteMs;
  const wallMs = wallTimeMs(interval.timeZone, fromMs);
  const active = interval.intervals.some((conditions) => holdsAt(conditions, wallMs));
  return { active, fromMs, changesAtMs: findChange(interval, fromMs, active) };
}

function isWithin({ fromMs, changesAtMs }: Span, epochMs: number): boolean {
  // a change that is too far away now may come near: the search is repeated half way
  return epochMs >= fromMs && epochMs < (changesAtMs ?? fromMs + limits.maxIntervalSearchMs / 2);
}
