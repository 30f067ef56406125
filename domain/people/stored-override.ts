import type { ScheduleOverride } from './people.ts';

/** An override as the log and the API have it; instants are ISO 8601 in UTC with milliseconds. */
export interface StoredOverride {
  /** A UUID. */
  readonly id: string;
  readonly schedule: string;
  readonly user: string;
  readonly startsAt: string;
  /** One that was ended early has that moment here. */
  readonly endsAt: string;
  readonly createdAt: string;
  readonly createdBy: string;
}

/** As whoever asks for people wants them: in the order in which they were made. */
export function inForce(overrides: readonly StoredOverride[]): readonly ScheduleOverride[] {
  return [...overrides].sort(byCreation).map(({ id, schedule, user, startsAt, endsAt, createdBy }) => ({
    id,
    schedule,
    user,
    startMs: Date.parse(startsAt),
    endMs: Date.parse(endsAt),
    createdBy,
  }));
}

function byCreation(a: StoredOverride, b: StoredOverride): number {
  const [left, right] = [`${a.createdAt} ${a.id}`, `${b.createdAt} ${b.id}`];
  return left < right ? -1 : left > right ? 1 : 0;
}
