import { nextOnCall, type Shift, shiftsOf } from '../domain/people/on-call.ts';
import type { Layer, Schedule, ScheduleOverride } from '../domain/people/people.ts';
import type { StoredOverride } from '../domain/people/stored-override.ts';

/** Schedules as the API shows them; instants are ISO 8601 in UTC, and null where something has no end. */

export interface PeopleNow {
  readonly overrides: readonly ScheduleOverride[];
  readonly atMs: number;
}

/** Who is on call at an instant; `user` is null when nobody is. */
export function onCallView(schedule: Schedule, { overrides, atMs }: PeopleNow) {
  const [shift] = shiftsOf(schedule, overrides, { fromMs: atMs, untilMs: atMs + 1, limit: 1 });
  const next = nextOnCall(schedule, overrides, atMs);
  return {
    schedule: schedule.name,
    user: shift?.user ?? null,
    via: shift?.via ?? null,
    until: shift === undefined ? null : isoOf(shift.untilMs),
    next: next === undefined ? null : { user: next.user, at: isoOf(next.atMs) },
  };
}

export function shiftView({ user, via, fromMs, untilMs }: Shift) {
  return { user, via, start: isoOf(fromMs), end: isoOf(untilMs) };
}

export function gapView({ fromMs, untilMs }: Pick<Shift, 'fromMs' | 'untilMs'>) {
  return { start: isoOf(fromMs), end: isoOf(untilMs) };
}

/** As it is configured; local times as they stand there. */
export function scheduleView({ name, timeZone, layers }: Schedule) {
  return { name, timezone: timeZone, layers: layers.map(layerView) };
}

function layerView({ users, rotation, start, end, restrict }: Layer) {
  return { users, rotation, start, end: end ?? null, restrict: restrict ?? null };
}

export function overrideView(override: StoredOverride, nowMs: number) {
  const { id, schedule, user, startsAt: start, endsAt: end, createdAt, createdBy } = override;
  return { id, schedule, user, status: statusOf(override, nowMs), start, end, createdAt, createdBy };
}

function statusOf({ startsAt, endsAt }: StoredOverride, nowMs: number): 'pending' | 'active' | 'ended' {
  if (nowMs >= Date.parse(endsAt)) return 'ended';
  return nowMs < Date.parse(startsAt) ? 'pending' : 'active';
}

function isoOf(epochMs: number): string | null {
  return Number.isFinite(epochMs) ? new Date(epochMs).toISOString() : null;
}
