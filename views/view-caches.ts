import { limits } from '../domain/limits.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type AlertView, alertViewShape } from './alert-list.ts';
import { createListCache, type ListCache } from './cache/list-cache.ts';
import type { RedisTier } from './cache/redis-tier.ts';
import { createViewCache, type ViewCache } from './cache/view-cache.ts';
import type { ProjectedIncident } from './incident-projector.ts';
import { type IncidentView, incidentViewShape } from './incident-view.ts';
import type { Page } from './page.ts';
import type { IncidentTimeline } from './read-timeline.ts';
import { timelineShape } from './timeline.ts';

/** What readers are shown, and how those who write views tell that something changed. */
export interface ViewCaches {
  readonly incidents: ViewCache<IncidentView>;
  readonly timelines: ViewCache<IncidentTimeline>;
  readonly incidentLists: ListCache<Page<IncidentView>>;
  readonly alertLists: ListCache<Page<AlertView>>;
  /** For projectors, once the incident's view is committed. Never rejects. */
  incidentChanged(projected: ProjectedIncident): Promise<void>;
  /** For those who fold alerts, once the views of these tenants are committed. Never rejects. */
  alertsChanged(tenants: readonly string[]): Promise<void>;
}

export interface ViewCachesOptions {
  /** Without it each process caches for itself, and what others change shows when the time to live is over. */
  readonly redis?: RedisTier | undefined;
  readonly metrics: Metrics;
  /** Milliseconds of a clock that does not step back. */
  readonly now?: () => number;
}

export function createViewCaches({ redis, metrics, now }: ViewCachesOptions): ViewCaches {
  const parts = { metrics, ...(redis !== undefined && { redis }), ...(now !== undefined && { now }) };
  const incidents = createViewCache<IncidentView>({ view: 'incident', shape: incidentViewShape, ...parts });
  const timelines = createViewCache<IncidentTimeline>({
    view: 'timeline',
    shape: timelineShape,
    // an attempt changes it without a version
    ttlMs: limits.listTtlMs,
    sharedTtlMs: limits.listTtlMs,
    ...parts,
  });
  const incidentLists = createListCache<Page<IncidentView>>({
    view: 'incident_list',
    shape: incidentViewShape,
    ...parts,
  });
  const alertLists = createListCache<Page<AlertView>>({
    view: 'alert_list',
    shape: alertViewShape,
    ...parts,
  });

  return {
    incidents,
    timelines,
    incidentLists,
    alertLists,
    async incidentChanged({ tenant, incidentId, version }) {
      await Promise.all([
        incidents.invalidate(incidentId, version),
        timelines.invalidate(incidentId, version),
        incidentLists.changed(tenant),
      ]);
    },
    async alertsChanged(tenants) {
      await Promise.all(tenants.map((tenant) => alertLists.changed(tenant)));
    },
  };
}
