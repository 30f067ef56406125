import { LRUCache } from 'lru-cache';
import { limits } from '../../domain/limits.ts';
import type { CacheEntry } from './cache-entry.ts';

export interface LocalTier<T> {
  get(key: string): CacheEntry<T> | undefined;
  /** The version below which nothing is kept; -1 when nothing is known. */
  floorOf(key: string): number;
  /** Keeps the entry unless a newer version is known. */
  put(key: string, entry: CacheEntry<T>, options: PutOptions): void;
  /** Forgets what is older than `version`, and refuses it from now on. */
  drop(key: string, version: number): void;
}

export interface PutOptions {
  /** Size as JSON. */
  readonly bytes: number;
  /** Ends sooner than the tier's own time to live, where the entry is not fresh any more. */
  readonly restMs?: number;
}

export interface LocalTierOptions {
  /** Milliseconds of a clock that does not step back. */
  readonly now: () => number;
  readonly ttlMs: number;
}

interface Slot<T> {
  readonly version: number;
  /** Absent where only the version is known. */
  readonly entry?: CacheEntry<T>;
  readonly bytes: number;
}

const emptySlotBytes = 64;

/** The tier inside one process: bounded by number and bytes, and by a short time to live. */
export function createLocalTier<T>({ now, ttlMs }: LocalTierOptions): LocalTier<T> {
  const slots = new LRUCache<string, Slot<T>>({
    max: limits.maxCachedViews,
    maxSize: limits.maxCachedBytes,
    maxEntrySize: limits.maxCachedViewBytes,
    sizeCalculation: (slot) => slot.bytes,
    ttl: ttlMs,
    ttlResolution: 0,
    perf: { now },
  });

  return {
    get: (key) => slots.get(key)?.entry,
    floorOf: (key) => slots.get(key)?.version ?? -1,
    put(key, entry, { bytes, restMs = ttlMs }) {
      const known = slots.get(key);
      if (known !== undefined && known.version > entry.version) return;
      const slot = { version: entry.version, entry, bytes: Math.max(bytes, emptySlotBytes) };
      // a time to live of 0 would be none at all
      slots.set(key, slot, { ttl: Math.max(1, Math.min(restMs, ttlMs)) });
    },
    drop(key, version) {
      const known = slots.get(key);
      if (known !== undefined && known.version >= version) return;
      // outlives every load that began before the change
      slots.set(key, { version, bytes: emptySlotBytes }, { ttl: limits.leaseMs });
    },
  };
}
