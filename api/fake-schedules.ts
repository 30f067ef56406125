import { TocsinError } from '../domain/errors.ts';
import { createOverride, endOverride } from '../domain/people/override.ts';
import type { Schedule } from '../domain/people/people.ts';
import type { StoredOverride } from '../domain/people/stored-override.ts';
import type { AppOptions } from './app.ts';

/** For tests: two schedules, of which `office` has gaps, and a desk that keeps its overrides in memory. */
export const overrideId = '00000000-0000-4000-8000-000000000003';

const start = '2026-01-05T09:00';
const weekly = { unit: 'week', every: 1 } as const;

const schedules: readonly Schedule[] = [
  {
    name: 'payments',
    timeZone: 'Europe/Berlin',
    layers: [{ users: ['amy', 'bo'], rotation: weekly, start }],
  },
  {
    name: 'office',
    timeZone: 'UTC',
    layers: [
      { users: ['amy'], rotation: weekly, start, restrict: { days: ['mon'], from: '09:00', to: '17:00' } },
    ],
  },
];

export function createFakeSchedules(nowMs: number): Pick<AppOptions, 'schedules' | 'overrides'> {
  const known = new Map<string, StoredOverride>();
  const keep = (override: StoredOverride) => {
    known.set(override.id, override);
    return override;
  };
  return {
    schedules: () => new Map(schedules.map((schedule) => [schedule.name, schedule])),
    overrides: {
      list: async (endAfterMs) => [...known.values()].filter(({ endsAt }) => Date.parse(endsAt) > endAfterMs),
      async create(request) {
        if (!schedules.some(({ name }) => name === request.schedule))
          throw new TocsinError('schedule_not_found');
        return keep(createOverride(request, { nowMs, newId: overrideId, openOverrides: 0 }).override);
      },
      async end(id, by) {
        const override = known.get(id);
        if (override === undefined) throw new TocsinError('override_not_found');
        return keep(endOverride(override, by, nowMs).override);
      },
    },
  };
}
