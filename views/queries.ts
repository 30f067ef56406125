import { TocsinError } from '../domain/errors.ts';
import type { Database } from '../store/database.ts';
import type { EventLog } from '../store/event-log.ts';
import { type AlertListQuery, type AlertView, listAlerts } from './alert-list.ts';
import type { CacheEntry } from './cache/cache-entry.ts';
import { readIncident } from './fold-incident.ts';
import { isIncidentId } from './incident-id.ts';
import { type IncidentListQuery, listIncidents } from './incident-list.ts';
import { type IncidentView, toIncidentView } from './incident-view.ts';
import { listKeyOf } from './list-key.ts';
import type { Page } from './page.ts';
import { readTimeline } from './read-timeline.ts';
import type { TimelineEntry } from './timeline.ts';
import type { ViewCaches } from './view-caches.ts';

export interface IncidentQuery {
  readonly tenant: string;
  readonly id: string;
  /** The caller has seen this version and is shown none older; a version that does not exist yet is not waited for. */
  readonly minVersion?: number | undefined;
}

export interface FoundIncident {
  readonly workflowId: string;
  readonly tenant: string;
  readonly resolved: boolean;
  readonly version: number;
}

/** What the API reads. Every query throws `store_unavailable` when the database is away and the cache has nothing. */
export interface Queries {
  /** At most `limits.listTtlMs` older than the views, and hardly ever that; so is `listAlerts`. */
  listIncidents(query: IncidentListQuery): Promise<Page<IncidentView>>;
  /** Throws `incident_not_found`, for malformed ids and other tenants' incidents too. */
  getIncident(query: IncidentQuery): Promise<IncidentView>;
  /**
   * All of it in one page, made from the log itself. It shows `minVersion`, but attempts may be missing for
   * `limits.listTtlMs`. Throws `incident_not_found` as `getIncident` does.
   */
  getTimeline(query: IncidentQuery): Promise<Page<TimelineEntry>>;
  listAlerts(query: AlertListQuery): Promise<Page<AlertView>>;
  /** From the log, because a command must not depend on a view that lags; undefined when there is no such incident. */
  findIncident(id: string): Promise<FoundIncident | undefined>;
}

export interface QueriesDeps {
  readonly database: Pick<Database, 'query'>;
  readonly log: EventLog;
  readonly caches: Pick<ViewCaches, 'incidents' | 'timelines' | 'incidentLists' | 'alertLists'>;
}

export function createQueries({ database, log, caches }: QueriesDeps): Queries {
  return {
    listIncidents(query) {
      const load = () => listIncidents(database, query);
      return caches.incidentLists.read({ tenant: query.tenant, key: listKeyOf(query), load });
    },
    listAlerts(query) {
      const load = () => listAlerts(database, query);
      return caches.alertLists.read({ tenant: query.tenant, key: listKeyOf(query), load });
    },
    async getIncident({ tenant, id, minVersion = 0 }) {
      if (!isIncidentId(id)) throw notFound();
      const load = (least: number) => loadIncident({ database, log }, id, least);
      const entry = await caches.incidents.read(id, { minVersion, load });
      if (entry === undefined || entry.value.tenant !== tenant) throw notFound();
      return entry.value;
    },
    async getTimeline({ tenant, id, minVersion = 0 }) {
      if (!isIncidentId(id)) throw notFound();
      const entry = await caches.timelines.read(id, { minVersion, load: () => readTimeline(log, id) });
      if (entry === undefined || entry.value.tenant !== tenant) throw notFound();
      return { items: entry.value.entries, next_cursor: null };
    },
    async findIncident(id) {
      const folded = isIncidentId(id) ? await readIncident(log, id) : undefined;
      if (folded === undefined) return undefined;
      const { workflowId, tenant, status, version } = folded.incident;
      return { workflowId, tenant, resolved: status === 'resolved', version };
    },
  };
}

/** The view, unless it lags behind what the caller knows of or is not there yet: then the stream. */
async function loadIncident(
  { database, log }: Omit<QueriesDeps, 'caches'>,
  id: string,
  minVersion: number,
): Promise<CacheEntry<IncidentView> | undefined> {
  const rows = await database.query<{ version: number; view: string }>(
    'SELECT version, view FROM incident_views WHERE incident_id = $1',
    [id],
  );
  const row = rows[0];
  if (row !== undefined && row.version >= minVersion) {
    // written by the projector from its own type
    return { version: row.version, value: JSON.parse(row.view) as IncidentView };
  }
  const folded = await readIncident(log, id);
  return folded === undefined
    ? undefined
    : { version: folded.incident.version, value: toIncidentView(folded) };
}

function notFound(): TocsinError {
  return new TocsinError('incident_not_found');
}
