import { limits } from '../../domain/limits.ts';
import { createGenerations } from './generations.ts';
import { createViewCache, type ViewCacheOptions } from './view-cache.ts';

/** Pages of lists for a very short time. A page that was read is shared with other readers: treat it as frozen. */
export interface ListCache<T> {
  read(options: ListReadOptions<T>): Promise<T>;
  /** To be called after a change is committed to what the tenant's lists show. Never rejects. */
  changed(tenant: string): Promise<void>;
}

export interface ListReadOptions<T> {
  readonly tenant: string;
  /** The same for all queries that have the same answer, and for no others. */
  readonly key: string;
  readonly load: () => Promise<T>;
}

export type ListCacheOptions = Omit<ViewCacheOptions, 'ttlMs' | 'sharedTtlMs'>;

/**
 * A list has no version of its own, so its entries carry the tenant's generation of when they were loaded: one from
 * before the last change that this process has heard of is not shown, and no reader joins a load from before it.
 */
export function createListCache<T extends object>(options: ListCacheOptions): ListCache<T> {
  const { view, redis, now = () => performance.now() } = options;
  const ttl = { ttlMs: limits.listTtlMs, sharedTtlMs: limits.listTtlMs };
  const pages = createViewCache<T>({ ...options, ...ttl });
  const generations = createGenerations({
    name: `${view}.generation`,
    now,
    ...(redis !== undefined && { redis }),
  });

  return {
    async read({ tenant, key, load }) {
      const entry = await pages.read(key, {
        minVersion: generations.current(tenant),
        load: async (generation) => ({ version: generation, value: await load() }),
      });
      return entry === undefined ? load() : entry.value;
    },
    changed: (tenant) => generations.raise(tenant),
  };
}
