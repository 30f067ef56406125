import { TocsinError } from '../domain/errors.ts';
import type { Database } from '../store/database.ts';
import type { EventLog } from '../store/event-log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { readIncident } from './fold-incident.ts';
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

/** Brings one incident's view up to its stream. Idempotent; runs that overlap never put an older view over a newer one. */
export async function projectIncident(
  { database, log, metrics, now, onProjected }: IncidentProjectorDeps,
  incidentId: string,
): Promise<{ readonly version: number; readonly resolved: boolean }> {
  const folded = await readIncident(log, incidentId);
  if (folded === undefined) throw new TocsinError('incident_not_found', { detail: 'the stream is empty' });
  await writeIncidentView(database, folded);
  const { tenant, version, status } = folded.incident;
  const lagMs = Math.max(0, now() - Date.parse(folded.updatedAt));
  metrics.projectionLagSeconds.observe({ view: 'incident' }, lagMs / 1_000);
  await onProjected?.({ tenant, incidentId, version });
  return { version, resolved: status === 'resolved' };
}
