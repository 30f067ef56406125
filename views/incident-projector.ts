import { LRUCache } from 'lru-cache';
import { TocsinError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { Database } from '../store/database.ts';
import type { EventLog } from '../store/event-log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type FoldedIncident, readIncident } from './fold-incident.ts';
import { writeIncidentView } from './incident-view-table.ts';

export interface ProjectedIncident {
  readonly tenant: string;
  readonly incidentId: string;
  readonly version: number;
}

export interface IncidentProjectorDeps {
  readonly database: Pick<Database, 'query'>;
  readonly log: EventLog;
  readonly metrics: Metrics;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called after the view is committed: the place to invalidate caches and to tell subscribers. */
  readonly onProjected?: (projected: ProjectedIncident) => void | Promise<void>;
}

export interface ProjectedVersion {
  readonly version: number;
  readonly resolved: boolean;
}

/**
 * Brings an incident's view up to its stream. Idempotent; runs that overlap never put an older view over a newer one.
 * What was folded last is kept for the incidents in hand: a long incident would be read from its start for each event.
 */
export function createIncidentProjector(
  deps: IncidentProjectorDeps,
): (incidentId: string) => Promise<ProjectedVersion> {
  const { database, log, metrics, now, onProjected } = deps;
  const inHand = new LRUCache<string, FoldedIncident>({ max: limits.maxFoldsInHand });

  return async (incidentId) => {
    const folded = await readIncident(log, incidentId, inHand.get(incidentId));
    if (folded === undefined) throw new TocsinError('incident_not_found', { detail: 'the stream is empty' });
    await writeIncidentView(database, folded);
    const { tenant, version, status } = folded.incident;
    const resolved = status === 'resolved';
    if (resolved) inHand.delete(incidentId);
    else inHand.set(incidentId, folded);
    const lagMs = Math.max(0, now() - Date.parse(folded.updatedAt));
    metrics.projectionLagSeconds.observe({ view: 'incident' }, lagMs / 1_000);
    await onProjected?.({ tenant, incidentId, version });
    return { version, resolved };
  };
}

/** The same for one incident, once. */
export function projectIncident(deps: IncidentProjectorDeps, incidentId: string): Promise<ProjectedVersion> {
  return createIncidentProjector(deps)(incidentId);
}
