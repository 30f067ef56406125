import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../domain/limits.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { CacheEntry } from './cache-entry.ts';
import { createLocalTier } from './local-tier.ts';
import type { RedisTier, SharedRead, ViewKey } from './redis-tier.ts';

export interface ReadOptions<T> {
  /** The caller has seen this version, and must not be shown an older one where a newer exists. */
  readonly minVersion?: number;
  /** Reads the truth; undefined when there is no such thing, which is not remembered. */
  readonly load: (minVersion: number) => Promise<CacheEntry<T> | undefined>;
}

/** Versioned views in two tiers. A value that was read is shared with other readers: treat it as frozen. */
export interface ViewCache<T> {
  read(id: string, options: ReadOptions<T>): Promise<CacheEntry<T> | undefined>;
  /** To be called after the view has reached `version`: older entries go, here and in every other process. */
  invalidate(id: string, version: number): Promise<void>;
}

export interface ViewCacheOptions {
  /** The label of the metrics. */
  readonly view: string;
  /** Raise it with every change of the view's shape: processes of two releases share one Redis. */
  readonly shape: number;
  /** How long an entry is kept in the process; less where it was some time in Redis already. */
  readonly ttlMs?: number;
  /** How long an entry is kept in Redis. */
  readonly sharedTtlMs?: number;
  readonly redis?: RedisTier;
  readonly metrics: Metrics;
  /** Milliseconds of a clock that does not step back. */
  readonly now?: () => number;
}

interface Flight<T> {
  readonly minVersion: number;
  readonly result: Promise<CacheEntry<T> | undefined>;
}

/** However many ask for a view at once, it is loaded once per process, and with Redis once among all of them. */
export function createViewCache<T extends object>(options: ViewCacheOptions): ViewCache<T> {
  const { view, shape, redis, metrics, now = () => performance.now() } = options;
  const { ttlMs = limits.viewTtlMs, sharedTtlMs = limits.sharedViewTtlMs } = options;
  const local = createLocalTier<T>({ now, ttlMs });
  const flights = new Map<string, Flight<T>>();
  const keyOf = (id: string): ViewKey => ({ view: `${view}.${shape}`, id });

  redis?.onDropped((key, version) => {
    if (key.view === keyOf('').view) local.drop(key.id, version);
  });

  async function load(id: string, minVersion: number, read: ReadOptions<T>['load']) {
    metrics.cacheLoads.inc({ view });
    const entry = await read(minVersion);
    if (entry === undefined) return undefined;
    const json = JSON.stringify(entry.value);
    local.put(id, entry, { bytes: json.length });
    return { entry, json };
  }

  async function loadForAll(id: string, lease: Lease, read: ReadOptions<T>['load']) {
    try {
      const loaded = await load(id, lease.minVersion, read);
      if (loaded !== undefined && loaded.json.length <= limits.maxCachedViewBytes) {
        const entry = { version: loaded.entry.version, json: loaded.json };
        await lease.redis.write(keyOf(id), entry, sharedTtlMs);
      }
      return loaded?.entry;
    } finally {
      await lease.redis.release(keyOf(id), lease.token);
    }
  }

  function take(id: string, { version, json, restMs }: Shared): CacheEntry<T> | undefined {
    const entry = parseEntry<T>(version, json);
    if (entry === undefined) metrics.cacheErrors.inc({ operation: 'decode' });
    else local.put(id, entry, { bytes: json.length, restMs });
    return entry;
  }

  /** Beyond the first tier: asks Redis, waits a bounded time for another process's load, or loads. */
  async function fetch(id: string, minVersion: number, read: ReadOptions<T>['load']) {
    const token = randomUUID();
    let waitedMs = 0;
    while (redis !== undefined && waitedMs < limits.leaseWaitMs) {
      const shared = await redis.readOrLease(keyOf(id), { minVersion, token });
      if (shared.kind === 'leased') return loadForAll(id, { redis, token, minVersion }, read);
      if (shared.kind === 'unavailable') break;
      if (shared.kind === 'entry') {
        const entry = take(id, shared);
        if (entry === undefined) break;
        metrics.cacheReads.inc({ view, tier: 'redis' });
        return entry;
      }
      const pauseMs = Math.min(2 + waitedMs, 25) * (0.5 + Math.random());
      await sleep(pauseMs);
      waitedMs += pauseMs;
    }
    return (await load(id, minVersion, read))?.entry;
  }

  function fly(id: string, minVersion: number, read: ReadOptions<T>['load']): Flight<T> {
    const result = fetch(id, minVersion, read).finally(() => {
      if (flights.get(id)?.result === result) flights.delete(id);
    });
    const flight = { minVersion, result };
    flights.set(id, flight);
    return flight;
  }

  return {
    async read(id, { minVersion = 0, load: read }) {
      const held = local.get(id);
      if (held !== undefined && held.version >= minVersion) {
        metrics.cacheReads.inc({ view, tier: 'local' });
        return held;
      }
      // after an invalidation this is its version, so that nobody joins a load that began before the change
      const least = Math.max(minVersion, local.floorOf(id));
      const current = flights.get(id);
      if (current === undefined || current.minVersion < least) return fly(id, least, read).result;
      metrics.cacheReads.inc({ view, tier: 'shared_load' });
      return current.result;
    },
    async invalidate(id, version) {
      local.drop(id, version);
      await redis?.drop(keyOf(id), version);
    },
  };
}

type Shared = Extract<SharedRead, { kind: 'entry' }>;

interface Lease {
  readonly redis: RedisTier;
  readonly token: string;
  readonly minVersion: number;
}

function parseEntry<T extends object>(version: number, json: string): CacheEntry<T> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    // written by this view's own code under the same shape number
    return typeof value === 'object' && value !== null ? { version, value: value as T } : undefined;
  } catch {
    return undefined;
  }
}
