import type { TimeInterval } from '../time-interval/time-interval.ts';
import type { Schedule, ScheduleOverride, User } from './people.ts';

/** What is known of people at one moment, by the configuration in force and the overrides. */
export interface Directory {
  readonly users: ReadonlyMap<string, User>;
  readonly schedules: ReadonlyMap<string, Schedule>;
  /** In the order in which they were made. */
  readonly overrides: readonly ScheduleOverride[];
  readonly timeIntervals: ReadonlyMap<string, TimeInterval>;
  /** How many had their turn before, of a step that takes people in turn; asked only where there is a choice. */
  turnOf(key: string): number;
}
