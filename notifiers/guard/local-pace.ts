import { limits } from '../../domain/limits.ts';

export interface PaceRequest {
  readonly pace: { readonly key: string; readonly everyMs: number };
  /** Who waits. It keeps its place when it comes again. */
  readonly key: string;
  readonly maxWaitMs: number;
  /** A shorter wait uses the place up. */
  readonly holdMs: number;
}

/** `full`: no place is free within the longest wait. */
export type PacePlace = { readonly kind: 'place'; readonly waitMs: number } | { readonly kind: 'full' };

export type Pace = (request: PaceRequest) => Promise<PacePlace>;

/** Places in a row of messages, as one process sees it. */
export function createLocalPace(now: () => number): Pace {
  const freeAt = new Map<string, number>();
  const places = new Map<string, number>();

  function keep(map: Map<string, number>, key: string, atMs: number): void {
    map.delete(key);
    map.set(key, atMs);
    const [oldest] = map.keys();
    if (map.size > limits.maxPacePlaces && oldest !== undefined) map.delete(oldest);
  }

  return async ({ pace, key, maxWaitMs, holdMs }) => {
    const nowMs = now();
    const name = `${pace.key} ${key}`;
    const kept = places.get(name);
    const isMissed = kept === undefined || kept + pace.everyMs <= nowMs;
    const atMs = isMissed ? Math.max(nowMs, freeAt.get(pace.key) ?? nowMs) : kept;
    if (atMs - nowMs > maxWaitMs) return { kind: 'full' };
    if (isMissed) keep(freeAt, pace.key, atMs + pace.everyMs);
    const waitMs = Math.max(0, atMs - nowMs);
    if (waitMs > holdMs) keep(places, name, atMs);
    else places.delete(name);
    return { kind: 'place', waitMs };
  };
}
