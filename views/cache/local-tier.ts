import { LRUCache } from 'lru-cache';
import { limits } from '../../domain/limits.ts';
import type { CacheEntry } from './cache-entry.ts';

export interface LocalTier<T> {
  get(key: string): CacheEntry<T> | undefined;
  /** The version below which nothing is kept; -1 when nothing is known. */
  floorOf(key: string): number;
  /** Keeps the entry unless a newer version is known. `bytes` is its size as JSON. */
  put(key: string, entry: CacheEntry<T>, bytes: number): void;
  /** Forgets what is older than `version`, and refuses it from now on. */
  drop(key: string, version: number): void;
}

interface Slot<T> {
  readonly version: number;
  /** Absent where only the version is known. */
  readonly entry?: CacheEntry<T>;
  readonly bytes: number;
}

const emptySlotBytes = 64;

/** The tier inside one process: bounded by number and bytes, and by a short time to live. `now` must not step back. */
export function createLocalTier<T>(now: () => number): LocalTier<T> {
  const slots = new LRUCache<string, Slot<T>>({
    max: limits.maxCachedViews,
    maxSize: limits.maxCachedBytes,
    maxEntrySize: limits.maxCachedViewBytes,
    sizeCalculation: (slot) => slot.bytes,
    ttl: limits.viewTtlMs,
    ttlResolution: 0,
    perf: { now },
  });

  return {
    get: (key) => slots.get(key)?.entry,
    floorOf: (key) => slots.get(key)?.version ?? -1,
    put(key, entry, bytes) {
      const known = slots.get(key);
      if (known !== undefined && known.version > entry.version) return;
      slots.set(key, { version: entry.version, entry, bytes: Math.max(bytes, emptySlotBytes) });
    },
    drop(key, version) {
      const known = slots.get(key);
      if (known !== undefined && known.version >= version) return;
      // outlives every load that began before the change
      slots.set(key, { version, bytes: emptySlotBytes }, { ttl: limits.leaseMs });
    },
  };
}
