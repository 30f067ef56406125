import { LRUCache } from 'lru-cache';
import { errorCodeOf, TocsinError } from '../domain/errors.ts';
import type { IncidentEvent } from '../domain/events/incident-events.ts';
import { incidentStreamOf } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import type { Database } from '../store/database.ts';
import type { EventLog } from '../store/event-log.ts';
import { type Park, parkingUndecodable } from '../store/park-undecodable.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { writeDeliveryViews } from './delivery-view-table.ts';
import { type DeliveryChanges, foldDelivery } from './fold-deliveries.ts';
import { type FoldedIncident, type FoldState, readIncident } from './fold-incident.ts';
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
  /**
   * Sets aside what cannot be decoded. The view then stays as it is, and the answer is the version that the stream has
   * got to: nothing but a fix brings it further. Without it such an event throws `undecodable_event`.
   */
  readonly park?: Park;
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
  const { database, log, metrics, now, park, onProjected } = deps;
  const inHand = new LRUCache<string, FoldedIncident>({ max: limits.maxFoldsInHand });

  async function read(incidentId: string, changes: DeliveryChanges): Promise<FoldState | 'parked'> {
    const before = inHand.get(incidentId);
    const onEvent = (version: number, event: IncidentEvent) => foldDelivery(changes, version, event);
    if (park === undefined) return readIncident(log, incidentId, { before, onEvent });
    try {
      return await parkingUndecodable(park, (onUndecodable) =>
        readIncident(log, incidentId, { before, onEvent, onUndecodable }),
      );
    } catch (error) {
      if (errorCodeOf(error) !== 'undecodable_event') throw error;
      return 'parked';
    }
  }

  return async (incidentId) => {
    const changes: DeliveryChanges = new Map();
    const folded = await read(incidentId, changes);
    if (folded === 'parked') return { version: await newestVersion(log, incidentId), resolved: false };
    if (folded === undefined) throw new TocsinError('incident_not_found', { detail: 'the stream is empty' });
    const { tenant, version, status } = folded.incident;
    // before the incident's own view: while that is behind, somebody comes back for both
    await writeDeliveryViews(database, [{ tenant, incidentId, changes }]);
    await writeIncidentView(database, folded);
    const resolved = status === 'resolved';
    if (resolved) inHand.delete(incidentId);
    else inHand.set(incidentId, folded);
    const lagMs = Math.max(0, now() - Date.parse(folded.updatedAt));
    metrics.projectionLagSeconds.observe({ view: 'incident' }, lagMs / 1_000);
    await onProjected?.({ tenant, incidentId, version });
    return { version, resolved };
  };
}

async function newestVersion(log: EventLog, incidentId: string): Promise<number> {
  const stream = incidentStreamOf(incidentId);
  return (await log.readVersions([stream])).get(stream) ?? -1;
}

/** The same for one incident, once. */
export function projectIncident(deps: IncidentProjectorDeps, incidentId: string): Promise<ProjectedVersion> {
  return createIncidentProjector(deps)(incidentId);
}
