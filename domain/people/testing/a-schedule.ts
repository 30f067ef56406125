import type { Layer, Schedule, ScheduleOverride } from '../people.ts';

export function aLayer(overrides: Partial<Layer> = {}): Layer {
  return {
    users: ['amy', 'bo'],
    rotation: { unit: 'week', every: 1 },
    start: '2026-01-05T09:00',
    ...overrides,
  };
}

export function aSchedule(overrides: Partial<Schedule> = {}): Schedule {
  return { name: 'payments', timeZone: 'Europe/Berlin', layers: [aLayer()], ...overrides };
}

export function anOverride(overrides: Partial<ScheduleOverride> = {}): ScheduleOverride {
  return {
    id: 'one',
    schedule: 'payments',
    user: 'zoe',
    startMs: 0,
    endMs: 0,
    createdBy: 'amy',
    ...overrides,
  };
}
