import type { Target, Urgency } from '../policy/policy.ts';

/** Somebody who can be paged. Plain data, no secrets: the contacts are channels by name. */
export interface User {
  readonly name: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly contacts: ReadonlyMap<string, Target>;
  /** In the order in which they begin; without rules every contact is used at once. */
  readonly rules: Readonly<Record<Urgency, readonly ContactRule[]>>;
}

/** One contact of a user, so long after the user's page began. */
export interface ContactRule {
  readonly contact: string;
  readonly afterMs: number;
}

/** Who is on call when: layers from the lowest to the highest; a higher one covers the lower ones while it is active. */
export interface Schedule {
  readonly name: string;
  /** IANA name; of all local times below. */
  readonly timeZone: string;
  readonly layers: readonly Layer[];
}

export interface Layer {
  /** In the order of their turns. */
  readonly users: readonly string[];
  readonly rotation: Rotation;
  /** Local date and time without zone, such as `2026-01-05T09:00`: the first user's turn begins, and each handoff has its time of day. */
  readonly start: string;
  /** Local; the layer ends then. */
  readonly end?: string;
  /** The layer is active within these only; absent means always. */
  readonly restrict?: Restriction;
}

/** How long a turn is: `every` times the unit, in local time (a day has 23 or 25 hours when clocks change). */
export interface Rotation {
  readonly unit: 'hour' | 'day' | 'week' | 'month';
  readonly every: number;
}

export interface Restriction {
  /** Absent means every day. */
  readonly days?: readonly Weekday[];
  /** Local times `HH:MM`; `to` before `from` goes over midnight and belongs to the day on which it began. */
  readonly from?: string;
  readonly to?: string;
}

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** Somebody takes a schedule over for a while, whatever its layers say. The newest one that holds counts. */
export interface ScheduleOverride {
  readonly id: string;
  readonly schedule: string;
  readonly user: string;
  /** Epoch milliseconds; from `startMs` up to, not including, `endMs`. */
  readonly startMs: number;
  readonly endMs: number;
  readonly createdBy: string;
}
