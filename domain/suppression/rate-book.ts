import { limits } from '../limits.ts';

export interface RateQuestion {
  /** Names the rule, the tenant and the values of the labels that are counted for themselves. */
  readonly key: string;
  /** Names the episode: asked again about it, nothing is counted, and it keeps its place among those that wait. */
  readonly episode: string;
  readonly limit: number;
  readonly perMs: number;
  readonly nowMs: number;
}

/** Counts what was let through, in a window that slides: never more than `limit` in any span of `perMs`. */
export interface RateBook {
  /**
   * Lets it through and counts it: undefined. Else when there is room again, milliseconds since 1970, behind all that
   * were told so before: if all came back at once, all but a few would come in vain, and again, and again.
   */
  take(question: RateQuestion): number | undefined;
}

interface Key {
  /** What was let through within the window, oldest first, and when. */
  readonly passed: Set<string>;
  readonly passedAt: Instants;
  /** When the episodes that wait may ask again, the earliest first. Some may have ended meanwhile. */
  readonly told: Map<string, number>;
  /** Those of them whose time has come: for a while their place is kept, or what is new would take it each time. */
  readonly due: Map<string, number>;
}

/**
 * One for each process: several servers let through so many each, and a restart begins with an empty window. Beyond
 * `limits.maxRateKeys` and `limits.maxRateEntries` what was used longest ago is forgotten, which lets more through.
 */
export function createRateBook(): RateBook {
  const keys = new Map<string, Key>();
  let entries = 0;

  const touch = (name: string): Key => {
    const key = keys.get(name) ?? {
      passed: new Set(),
      passedAt: createInstants(),
      told: new Map(),
      due: new Map(),
    };
    keys.delete(name);
    keys.set(name, key);
    return key;
  };
  const bound = () => {
    while (keys.size > limits.maxRateKeys || entries > limits.maxRateEntries) {
      const [oldest] = keys;
      if (oldest === undefined) return;
      entries -= sizeOf(oldest[1]);
      keys.delete(oldest[0]);
    }
  };

  return {
    take({ key: name, episode, limit, perMs, nowMs }) {
      const key = touch(name);
      const before = sizeOf(key);
      forgetOld(key, { perMs, nowMs });
      const answer = decide(key, { episode, limit, perMs, nowMs });
      entries += sizeOf(key) - before;
      bound();
      return answer;
    },
  };
}

function decide(key: Key, question: Omit<RateQuestion, 'key'>): number | undefined {
  const { passed, passedAt, told, due } = key;
  const { episode, limit, nowMs } = question;
  if (passed.has(episode)) return undefined;
  const toldMs = told.get(episode);
  if (toldMs !== undefined && toldMs > nowMs) return toldMs;
  told.delete(episode);
  const isOwnTurn = due.delete(episode);
  if (passed.size < limit) {
    const keptMs = isOwnTurn || passed.size + due.size < limit ? undefined : firstOf(due);
    // those whose place it is may not come: then there is room after all
    if (keptMs !== undefined) return keptMs + limits.ratePlaceKeptMs;
    passed.add(episode);
    passedAt.push(nowMs);
    return undefined;
  }
  const roomMs = roomAt(key, question);
  told.set(episode, roomMs);
  return roomMs;
}

function firstOf(instants: ReadonlyMap<string, number>): number | undefined {
  for (const atMs of instants.values()) return atMs;
  return undefined;
}

function forgetOld(
  { passed, passedAt, told, due }: Key,
  { perMs, nowMs }: Pick<RateQuestion, 'perMs' | 'nowMs'>,
): void {
  for (const episode of passed) {
    const atMs = passedAt.at(0) ?? nowMs;
    const isAhead = atMs > nowMs + limits.maxClockAheadMs;
    // where the machine's clock was put back, what stands ahead of it would be counted for as long as that
    if (atMs > nowMs - perMs && !isAhead) break;
    if (isAhead) told.clear();
    passed.delete(episode);
    passedAt.dropFirst();
  }
  for (const [episode, atMs] of told) {
    if (atMs > nowMs) break;
    told.delete(episode);
    due.set(episode, atMs);
  }
  for (const [episode, atMs] of due) {
    if (atMs > nowMs - limits.ratePlaceKeptMs) break;
    due.delete(episode);
  }
}

/**
 * The place behind all that wait, as each window gives room to `limit` of them, those whose time has come being let
 * through now. A limit that a reload lowered makes room only once enough have left the window.
 */
function roomAt(
  { passedAt, told, due }: Key,
  { limit, perMs, nowMs }: Pick<RateQuestion, 'limit' | 'perMs' | 'nowMs'>,
): number {
  if (limit < 1) return nowMs + perMs;
  const index = passedAt.size() + due.size - limit + (told.size % limit);
  const leavesMs = (index < passedAt.size() ? passedAt.at(index) : undefined) ?? nowMs;
  return leavesMs + perMs * (1 + Math.floor(told.size / limit));
}

function sizeOf({ passed, told, due }: Key): number {
  return passed.size + told.size + due.size;
}

/** Instants in order; those that are dropped are cleared away now and then, rather than moving all others each time. */
interface Instants {
  at(index: number): number | undefined;
  size(): number;
  push(atMs: number): void;
  dropFirst(): void;
}

function createInstants(): Instants {
  let first = 0;
  const instants: number[] = [];
  return {
    at: (index) => instants[first + index],
    size: () => instants.length - first,
    push: (atMs) => void instants.push(atMs),
    dropFirst() {
      first += 1;
      if (first < 32 || first * 2 < instants.length) return;
      instants.splice(0, first);
      first = 0;
    },
  };
}
