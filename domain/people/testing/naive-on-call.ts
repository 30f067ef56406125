import { wallTimeMs } from '../../time-interval/time-zone.ts';
import type { Shift } from '../on-call.ts';
import type { Layer, Schedule, ScheduleOverride } from '../people.ts';

/**
 * Who is on call, found out the slow way: minute by minute, by what `Intl` says that the wall shows, with every turn
 * counted up from the first one. What the wall shows a second time is no news, so time by the wall never goes back.
 */

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Long enough before the first minute that the wall cannot have been further already. */
const leadMs = 2 * dayMs;
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

export interface Minutes {
  readonly fromMs: number;
  readonly untilMs: number;
}

type Holder = Pick<Shift, 'user' | 'via'> | undefined;

/** The shifts as they are seen within the span: cut at its ends. */
export function naiveShifts(
  schedule: Schedule,
  overrides: readonly ScheduleOverride[],
  span: Minutes,
): readonly Shift[] {
  const shifts: Shift[] = [];
  let current: Shift | undefined;
  for (const [atMs, holder] of walk(schedule, overrides, span)) {
    if (current !== undefined && isSame(current, holder)) continue;
    if (current !== undefined) shifts.push({ ...current, untilMs: atMs });
    current = holder && { ...holder, fromMs: atMs, untilMs: span.untilMs };
  }
  return current === undefined ? shifts : [...shifts, current];
}

function* walk(
  schedule: Schedule,
  overrides: readonly ScheduleOverride[],
  { fromMs, untilMs }: Minutes,
): Generator<readonly [number, Holder]> {
  const layers = schedule.layers.map((layer) => ({
    layer,
    turnsUntil: countTurns(startsOfTurns(layer, untilMs + leadMs)),
    isOpen: createOpening(layer, { fromMs, untilMs }),
    endMs: layer.end === undefined ? Number.POSITIVE_INFINITY : Date.parse(`${layer.end}Z`),
  }));
  let furthest = Number.NEGATIVE_INFINITY;
  for (let atMs = fromMs - leadMs; atMs < untilMs; atMs += minuteMs) {
    furthest = Math.max(furthest, wallAt(schedule.timeZone, atMs));
    if (atMs < fromMs) continue;
    yield [atMs, overrideAt(overrides, atMs) ?? layerAt(layers, furthest)];
  }
}

const knownWalls = new Map<string, Map<number, number>>();

function wallAt(timeZone: string, atMs: number): number {
  const known = knownWalls.get(timeZone) ?? new Map<number, number>();
  knownWalls.set(timeZone, known);
  const wallMs = known.get(atMs) ?? wallTimeMs(timeZone, atMs);
  known.set(atMs, wallMs);
  return wallMs;
}

function overrideAt(overrides: readonly ScheduleOverride[], atMs: number): Holder {
  let newest: Holder;
  for (const { id, user, startMs, endMs } of overrides) {
    if (atMs >= startMs && atMs < endMs) newest = { user, via: { kind: 'override', id } };
  }
  return newest;
}

type Counter = (wallMs: number) => number;

/** How many have begun, asked for times that never go back. */
function countTurns(starts: readonly number[]): Counter {
  let turns = 0;
  return (wallMs) => {
    while ((starts[turns] ?? Number.POSITIVE_INFINITY) <= wallMs) turns += 1;
    return turns;
  };
}

interface LayerInTime {
  readonly layer: Layer;
  readonly turnsUntil: Counter;
  readonly isOpen: (wallMs: number) => boolean;
  readonly endMs: number;
}

function layerAt(layers: readonly LayerInTime[], wallMs: number): Holder {
  let highest: Holder;
  for (const [index, { layer, turnsUntil, isOpen, endMs }] of layers.entries()) {
    const turns = turnsUntil(wallMs);
    if (turns === 0 || wallMs >= endMs || !isOpen(wallMs)) continue;
    const user = layer.users[(turns - 1) % layer.users.length];
    if (user !== undefined) highest = { user, via: { kind: 'layer', layer: index } };
  }
  return highest;
}

/** Every turn by the wall, one after the other. */
function startsOfTurns({ start, rotation: { unit, every } }: Layer, untilMs: number): readonly number[] {
  const first = new Date(`${start}Z`);
  const starts: number[] = [];
  for (let turn = 0; ; turn += 1) {
    const next = unit === 'month' ? addMonths(first, turn * every) : addHours(first, turn * every, unit);
    if (next > untilMs) return starts;
    starts.push(next);
  }
}

function addHours(first: Date, count: number, unit: 'hour' | 'day' | 'week'): number {
  const date = new Date(first);
  if (unit === 'hour') date.setUTCHours(date.getUTCHours() + count);
  if (unit === 'day') date.setUTCDate(date.getUTCDate() + count);
  if (unit === 'week') date.setUTCDate(date.getUTCDate() + 7 * count);
  return date.getTime();
}

/** The day before the first of the following month, where the month is too short: JavaScript would run into the next one. */
function addMonths(first: Date, count: number): number {
  const date = new Date(first);
  date.setUTCMonth(date.getUTCMonth() + count);
  const isTooShort = date.getUTCDate() !== first.getUTCDate();
  if (isTooShort) date.setUTCDate(0);
  return date.getTime();
}

/** Whether a time by the wall is within the windows that begin around the span, each written out. */
function createOpening({ restrict }: Layer, { fromMs, untilMs }: Minutes): (wallMs: number) => boolean {
  if (restrict === undefined) return () => true;
  const { days = dayNames, from = '00:00', to = '00:00' } = restrict;
  const windows: Minutes[] = [];
  const firstDay = Math.floor(fromMs / dayMs) * dayMs - 4 * dayMs;
  for (let day = firstDay; day < untilMs + 4 * dayMs; day += dayMs) {
    const date = new Date(day).toISOString().slice(0, 10);
    const start = Date.parse(`${date}T${from}Z`);
    const sameDay = Date.parse(`${date}T${to}Z`);
    const name = dayNames[new Date(day).getUTCDay()];
    if (name === undefined || !days.includes(name)) continue;
    windows.push({ fromMs: start, untilMs: sameDay > start ? sameDay : sameDay + dayMs });
  }
  return (wallMs) => windows.some((window) => wallMs >= window.fromMs && wallMs < window.untilMs);
}

function isSame({ user, via }: Shift, holder: Holder): boolean {
  const keyOf = (it: Shift['via']) => (it.kind === 'layer' ? it.layer : it.id);
  return holder !== undefined && user === holder.user && keyOf(via) === keyOf(holder.via);
}
