import type { NamedRoute } from '../route/route.ts';
import { isActive } from '../time-interval/is-active.ts';
import { endOfIntervals, firstToBegin } from './interval-end.ts';

/** What keeps a route quiet at an instant, and until when in milliseconds since 1970. */
export interface Mute {
  readonly interval: string;
  readonly untilMs: number | undefined;
}

/**
 * Whether a route is quiet by the clock: during any of its `mute` intervals, and outside all of its `active` ones
 * where it has such, as Alertmanager's `mute_time_intervals` and `active_time_intervals`.
 */
export function muteOf(
  { mute, active }: Pick<NamedRoute, 'mute' | 'active'>,
  nowMs: number,
): Mute | undefined {
  const muting = mute.find((interval) => isActive(interval, nowMs));
  if (muting !== undefined) return { interval: muting.name, untilMs: endOfIntervals(mute, nowMs) };
  const [anyActive] = active;
  if (anyActive === undefined || active.some((interval) => isActive(interval, nowMs))) return undefined;
  const next = firstToBegin(active, nowMs);
  return { interval: (next?.interval ?? anyActive).name, untilMs: next?.atMs };
}
