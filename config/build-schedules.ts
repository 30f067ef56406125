import { isZoneOfSchedules, parseLocalTime } from '../domain/people/local-time.ts';
import type { Layer, Restriction, Rotation, Schedule } from '../domain/people/people.ts';
import { timeZoneFault } from './check-time-zone.ts';
import { didYouMean } from './did-you-mean.ts';
import { rawEntries, validEntries, validPart } from './entries.ts';
import type { Findings } from './findings.ts';
import type { Path } from './problem.ts';
import { type LayerInput, layerSchema, scheduleSchema } from './schema/schedules.ts';

export interface ScheduleContext {
  /** Also those that are broken: these are told of by themselves. */
  readonly users: ReadonlySet<string>;
  readonly findings: Findings;
}

/** The schedules as far as they are whole; what is wrong with them is told. */
export function buildSchedules(document: unknown, context: ScheduleContext): ReadonlyMap<string, Schedule> {
  const schedules = rawEntries(document, 'schedules').map(({ path, key: name, value }): Schedule => {
    const timeZone = validPart(value, 'timezone', scheduleSchema.shape.timezone) ?? 'UTC';
    const fault = timeZoneFault(timeZone) ?? abbreviationFault(timeZone);
    if (fault !== undefined) context.findings.error([...path, 'timezone'], fault);
    const layers = validEntries(value, 'layers', layerSchema).map((layer) =>
      buildLayer(layer.value, [...path, ...layer.path], context),
    );
    return { name, timeZone, layers };
  });
  return new Map(schedules.map((schedule) => [schedule.name, schedule]));
}

/** `Intl` takes abbreviations such as `IST` or `CST`, each of several places, and time intervals do with it. */
function abbreviationFault(zone: string): string | undefined {
  if (isZoneOfSchedules(zone)) return undefined;
  return 'must be a time zone such as Europe/Berlin, not an abbreviation';
}

function buildLayer(layer: LayerInput, path: Path, { users, findings }: ScheduleContext): Layer {
  for (const [index, user] of layer.users.entries()) {
    if (users.has(user)) continue;
    findings.error([...path, 'users', index], `there is no user of this name${didYouMean(user, users)}`);
  }
  const start = checkTime(layer.start, [...path, 'start'], findings);
  const end = layer.end === undefined ? undefined : checkTime(layer.end, [...path, 'end'], findings);
  if (start !== undefined && end !== undefined && end <= start)
    findings.error([...path, 'end'], 'must be later than the start');
  return {
    users: layer.users,
    rotation: rotationOf(layer.rotation),
    start: layer.start,
    ...(layer.end !== undefined && { end: layer.end }),
    ...(layer.restrict !== undefined && {
      restrict: buildRestriction(layer.restrict, [...path, 'restrict'], findings),
    }),
  };
}

const localTimePattern = /^(?:19[7-9]|20\d|21\d)\d-\d\d-\d\dT\d\d:\d\d$/;

/** Undefined for what is no local date and time. */
function checkTime(text: string, path: Path, findings: Findings): number | undefined {
  try {
    if (localTimePattern.test(text)) return parseLocalTime(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  findings.error(path, 'must be a local date and time such as 2026-01-05T09:00, from 1970 to 2199');
  return undefined;
}

const units = { h: 'hour', d: 'day', w: 'week' } as const;
const named = { daily: 'day', weekly: 'week', monthly: 'month' } as const;

function rotationOf(rotation: LayerInput['rotation']): Rotation {
  if (typeof rotation === 'string') return { unit: named[rotation], every: 1 };
  const [, count = '1', unit] = /^(\d+)([hdw])$/.exec(rotation.every) ?? [];
  return { unit: unit === 'h' || unit === 'w' ? units[unit] : units.d, every: Number(count) };
}

function buildRestriction(
  { days, from, to }: NonNullable<LayerInput['restrict']>,
  path: Path,
  findings: Findings,
): Restriction {
  if (from !== undefined && from === to)
    findings.error([...path, 'to'], 'must differ from `from`; without both it is the whole day');
  if (from === '24:00') findings.error([...path, 'from'], 'must be a time of day such as 09:00');
  return {
    ...(days !== undefined && { days }),
    ...(from !== undefined && { from }),
    // the end of a day is the midnight of the next one
    ...(to !== undefined && { to: to === '24:00' ? '00:00' : to }),
  };
}
