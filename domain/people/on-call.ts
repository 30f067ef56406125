import { limits } from '../limits.ts';
import { firstInstantOf, type Moment, momentAt, parseLocalTime } from './local-time.ts';
import type { Layer, Schedule, ScheduleOverride } from './people.ts';
import { windowAt } from './restriction.ts';
import { turnAt } from './rotation.ts';

/**
 * Who is on call: the newest override that holds, else the highest layer that is active. A layer is active from its
 * start to its end, within its restriction; turns go on while it is not. All instants are epoch milliseconds, ends are
 * excluded; what goes on for ever ends at Infinity.
 */

/** What put somebody on call: a layer by its place, or an override. */
export type OnCallVia =
  | { readonly kind: 'layer'; readonly layer: number }
  | { readonly kind: 'override'; readonly id: string };

export interface OnCall {
  readonly user: string;
  readonly via: OnCallVia;
  /** Until then nothing changes. The same person may go on after it, see `shiftsOf`. */
  readonly untilMs: number;
}

/** One person from when to when, by one layer or override. */
export interface Shift {
  readonly user: string;
  readonly via: OnCallVia;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** From one instant up to another, which is excluded. */
export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

interface Stretch {
  readonly holder?: { readonly user: string; readonly via: OnCallVia };
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Overrides in the order in which they were made; those of other schedules are left aside. */
type Overrides = readonly ScheduleOverride[];

/** Undefined when nobody is on call. */
export function onCallAt(schedule: Schedule, overrides: Overrides, atMs: number): OnCall | undefined {
  const { holder, untilMs } = stretchAt(schedule, overrides, atMs);
  return holder === undefined ? undefined : { ...holder, untilMs };
}

/** Whoever has a turn in any layer that is active, the highest first, each once; under an override that person alone. */
export function onDutyAt(schedule: Schedule, overrides: Overrides, atMs: number): readonly string[] {
  const override = overrideAt(schedule, overrides, atMs).holder;
  if (override !== undefined) return [override.user];
  const moment = momentAt(schedule.timeZone, atMs);
  const users = schedule.layers
    .map((layer) => layerAt(layer, moment).user)
    .filter((user) => user !== undefined);
  return [...new Set(users.reverse())];
}

/**
 * The shifts of a span of time in their order, at most as many as asked for. The first keeps the start that it had
 * before the span, the last one its end after it.
 */
export function shiftsOf(
  schedule: Schedule,
  overrides: Overrides,
  { fromMs, untilMs, limit = limits.maxShifts }: Span & { readonly limit?: number },
): readonly Shift[] {
  const shifts: Shift[] = [];
  for (const { holder, ...span } of mergedStretches(schedule, overrides, fromMs)) {
    if (span.fromMs >= untilMs || shifts.length >= limit) break;
    if (holder !== undefined) shifts.push({ ...holder, ...span });
  }
  return shifts;
}

/** When nobody is on call within a span of time. */
export function findGaps(
  schedule: Schedule,
  overrides: Overrides,
  { fromMs, untilMs }: Span,
): readonly Span[] {
  // whose turn it is makes no gap, and without turns there is much less to walk through
  const layers = schedule.layers.map((layer) => ({ ...layer, users: layer.users.slice(0, 1) }));
  const start = momentAt(schedule.timeZone, fromMs);
  const isCovered = ({ user, untilMs: endMs }: LayerSpan) => user !== undefined && endMs >= untilMs;
  if (layers.some((layer) => isCovered(layerAt(layer, start)))) return [];
  const gaps: Span[] = [];
  for (const stretch of mergedStretches({ ...schedule, layers }, overrides, fromMs)) {
    if (stretch.fromMs >= untilMs) break;
    if (stretch.holder !== undefined) continue;
    gaps.push({
      fromMs: Math.max(stretch.fromMs, fromMs),
      untilMs: Math.min(stretch.untilMs, untilMs),
    });
  }
  return gaps;
}

/**
 * Whoever is on call next: the first other person, or the same one after a gap. Undefined when nobody is, within
 * `limits.maxShiftSearchMs`.
 */
export function nextOnCall(
  schedule: Schedule,
  overrides: Overrides,
  atMs: number,
): { readonly user: string; readonly atMs: number } | undefined {
  let current: string | undefined;
  let isFirst = true;
  for (const { holder, fromMs } of mergedStretches(schedule, overrides, atMs)) {
    if (fromMs > atMs + limits.maxShiftSearchMs) return undefined;
    if (!isFirst && holder !== undefined && holder.user !== current)
      return { user: holder.user, atMs: fromMs };
    current = holder?.user;
    isFirst = false;
  }
  return undefined;
}

/** What follows `fromMs`, gaps too, with neighbours of the same holder as one. Ends with the last change there is. */
function* mergedStretches(schedule: Schedule, overrides: Overrides, fromMs: number): Generator<Stretch> {
  let stretch = stretchAt(schedule, overrides, fromMs);
  let before = stretch;
  while (Number.isFinite(before.fromMs)) {
    before = stretchAt(schedule, overrides, before.fromMs - 1);
    if (!isSameHolder(before, stretch)) break;
    stretch = { ...stretch, fromMs: before.fromMs };
  }
  while (Number.isFinite(stretch.untilMs)) {
    const next = stretchAt(schedule, overrides, stretch.untilMs);
    if (isSameHolder(stretch, next)) {
      stretch = { ...stretch, untilMs: next.untilMs };
    } else {
      yield stretch;
      stretch = next;
    }
  }
  yield stretch;
}

function isSameHolder({ holder: a }: Stretch, { holder: b }: Stretch): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.user !== b.user) return false;
  if (a.via.kind === 'layer') return b.via.kind === 'layer' && a.via.layer === b.via.layer;
  return b.via.kind === 'override' && a.via.id === b.via.id;
}

/** What holds at an instant, and around it at least as long as nothing changes. */
function stretchAt(schedule: Schedule, overrides: Overrides, atMs: number): Stretch {
  const override = overrideAt(schedule, overrides, atMs);
  if (override.holder !== undefined) return override;
  let { fromMs, untilMs } = override;
  const moment = momentAt(schedule.timeZone, atMs);
  for (const [index, layer] of [...schedule.layers.entries()].reverse()) {
    const span = layerAt(layer, moment);
    fromMs = Math.max(fromMs, span.fromMs);
    untilMs = Math.min(untilMs, span.untilMs);
    if (span.user === undefined) continue;
    return { holder: { user: span.user, via: { kind: 'layer', layer: index } }, fromMs, untilMs };
  }
  return { fromMs, untilMs };
}

function overrideAt({ name }: Schedule, overrides: Overrides, atMs: number): Stretch {
  const own = overrides.filter(({ schedule }) => schedule === name);
  const changes = own.flatMap(({ startMs, endMs }) => [startMs, endMs]);
  const holding = own.findLast(({ startMs, endMs }) => startMs <= atMs && atMs < endMs);
  return {
    ...(holding !== undefined && {
      holder: { user: holding.user, via: { kind: 'override', id: holding.id } },
    }),
    fromMs: Math.max(...changes.filter((change) => change <= atMs), Number.NEGATIVE_INFINITY),
    untilMs: Math.min(...changes.filter((change) => change > atMs), Number.POSITIVE_INFINITY),
  };
}

interface LayerSpan {
  /** Undefined while the layer is not active. */
  readonly user?: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

function layerAt(layer: Layer, moment: Moment): LayerSpan {
  const { startMs, endMs, localStartMs } = lifeOf(layer, moment.timeZone);
  const atMs = moment.epochMs;
  if (atMs < startMs) return { fromMs: Number.NEGATIVE_INFINITY, untilMs: startMs };
  if (atMs >= endMs) return { fromMs: endMs, untilMs: Number.POSITIVE_INFINITY };
  const window = windowAt(layer.restrict ?? {}, moment);
  const life = { fromMs: Math.max(startMs, window.fromMs), untilMs: Math.min(endMs, window.untilMs) };
  const [only = '', ...others] = new Set(layer.users);
  if (!window.isOpen || layer.users.length === 0) return life;
  if (others.length === 0) return { user: only, ...life };
  const turn = turnAt({ localStartMs, rotation: layer.rotation }, moment);
  return {
    user: layer.users[turn.number % layer.users.length] ?? only,
    fromMs: Math.max(life.fromMs, turn.fromMs),
    untilMs: Math.min(life.untilMs, turn.untilMs),
  };
}

interface Life {
  readonly startMs: number;
  readonly endMs: number;
  /** See local-time.ts. */
  readonly localStartMs: number;
}

/** A layer belongs to one schedule of one configuration, and is asked for again and again. */
const lives = new WeakMap<Layer, Life>();

function lifeOf(layer: Layer, timeZone: string): Life {
  const known = lives.get(layer);
  if (known !== undefined) return known;
  const localStartMs = parseLocalTime(layer.start);
  const life = {
    localStartMs,
    startMs: firstInstantOf(timeZone, localStartMs),
    endMs:
      layer.end === undefined
        ? Number.POSITIVE_INFINITY
        : firstInstantOf(timeZone, parseLocalTime(layer.end)),
  };
  lives.set(layer, life);
  return life;
}
