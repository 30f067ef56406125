import type { Metrics } from '../telemetry/metrics.ts';
import type { RedisTier } from './cache/redis-tier.ts';
import { createViewCache, type ViewCache } from './cache/view-cache.ts';
import { type IncidentView, incidentViewShape } from './incident-view.ts';

export type IncidentCache = ViewCache<IncidentView>;

export interface IncidentCacheOptions {
  /** Without it each process caches for itself, and shows a change after `limits.viewTtlMs` at the latest. */
  readonly redis?: RedisTier;
  readonly metrics: Metrics;
}

/** Incidents by id, for readers; projectors call `invalidate` on theirs once the view is committed. */
export function createIncidentCache({ redis, metrics }: IncidentCacheOptions): IncidentCache {
  return createViewCache<IncidentView>({
    view: 'incident',
    shape: incidentViewShape,
    metrics,
    ...(redis !== undefined && { redis }),
  });
}
