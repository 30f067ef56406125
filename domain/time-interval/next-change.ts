import { limits } from '../limits.ts';
import { holdsAt, shareOfDay } from './holds.ts';
import type { TimeInterval } from './time-interval.ts';
import { offsetMsAt } from './time-zone.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Instants from the first up to the last, which is excluded; epoch milliseconds. */
interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The first instant after a minute's start at which the interval is no longer as it is now; undefined when that is
 * further away than `limits.maxIntervalSearchMs`. Days on which nothing can change are passed over without asking what
 * the clocks of the zone show.
 */
export function findChange(interval: TimeInterval, fromMs: number, active: boolean): number | undefined {
  const endMs = fromMs + limits.maxIntervalSearchMs;
  for (let startMs = fromMs; startMs < endMs; startMs += dayMs) {
    if (isSteady(interval, startMs, active)) continue;
    const change = findWithin(interval, { fromMs: startMs, toMs: startMs + dayMs }, active);
    if (change !== undefined) return change;
  }
  return undefined;
}

/** Whether no day that any zone may have within the next 24 hours brings the other state. */
function isSteady({ intervals }: TimeInterval, startMs: number, active: boolean): boolean {
  for (let day = -1; day <= 2; day += 1) {
    const wall = new Date(startMs + day * dayMs);
    const shares = intervals.map((conditions) => shareOfDay(conditions, wall));
    const isSame = active ? shares.includes('all') : shares.every((share) => share === 'none');
    if (!isSame) return false;
  }
  return true;
}

function findWithin(interval: TimeInterval, stretch: Stretch, active: boolean): number | undefined {
  for (const { fromMs, toMs } of splitAtJump(interval.timeZone, stretch)) {
    const offsetMs = offsetMsAt(interval.timeZone, fromMs);
    const change = boundaries(interval, { fromMs, toMs }, offsetMs).find((instantMs) => {
      return interval.intervals.some((it) => holdsAt(it, instantMs + offsetMs)) !== active;
    });
    if (change !== undefined) return change;
  }
  return undefined;
}

/** Where the clocks are put forward or back within the stretch, it is two: no zone does so twice in a day. */
function splitAtJump(timeZone: string, { fromMs, toMs }: Stretch): readonly Stretch[] {
  const before = offsetMsAt(timeZone, fromMs);
  if (offsetMsAt(timeZone, toMs) === before) return [{ fromMs, toMs }];
  let [low, high] = [fromMs, toMs];
  while (high - low > minuteMs) {
    const middle = low + Math.floor((high - low) / 2 / minuteMs) * minuteMs;
    if (offsetMsAt(timeZone, middle) === before) low = middle;
    else high = middle;
  }
  return [
    { fromMs, toMs: high },
    { fromMs: high, toMs },
  ];
}

/** The instants at which anything may change while the offset stays: midnights, starts and ends, in order. */
function boundaries({ intervals }: TimeInterval, { fromMs, toMs }: Stretch, offsetMs: number): number[] {
  const minutes = new Set([
    0,
    ...intervals.flatMap(({ times = [] }) => times.flatMap((it) => [it.from, it.to])),
  ]);
  const midnight = Math.floor((fromMs + offsetMs) / dayMs) * dayMs - offsetMs;
  const instants = new Set([fromMs]);
  for (const dayStart of [midnight, midnight + dayMs]) {
    for (const minute of minutes) instants.add(dayStart + minute * minuteMs);
  }
  return [...instants].filter((instant) => instant >= fromMs && instant < toMs).sort((a, b) => a - b);
}
