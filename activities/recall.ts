import type { IncidentEvent } from '../domain/events/incident-events.ts';
import { incidentStreamOf } from '../domain/ids.ts';
import { fold, versionOf } from '../domain/incident/fold.ts';
import type { IncidentState } from '../domain/incident/incident.ts';
import { limits } from '../domain/limits.ts';
import { parkingUndecodable } from '../store/park-undecodable.ts';
import type { SagaActivities } from './activities.ts';
import type { RecordDeps } from './record.ts';

/**
 * Reads and folds an incident's whole stream here, page by page: thousands of events would not fit into the saga's
 * history, what they fold to does. Throws what the store throws.
 */
export function createRecall(
  deps: Pick<RecordDeps, 'log' | 'park' | 'wakeProjection'>,
): SagaActivities['recall'] {
  return async ({ incidentId }) => {
    let incident: IncidentState;
    let page: IncidentEvent[];
    do {
      page = await readPage(deps, incidentId, versionOf(incident));
      incident = fold(incident, page);
    } while (page.length >= limits.maxReadEvents);
    if (incident === undefined) return {};
    deps.wakeProjection(incidentId, incident.version);
    return { incident };
  };
}

async function readPage(
  { log, park }: Pick<RecordDeps, 'log' | 'park'>,
  incidentId: string,
  afterVersion: number,
): Promise<IncidentEvent[]> {
  const events = await parkingUndecodable(park, (onUndecodable) =>
    log.readStream(incidentStreamOf(incidentId), { afterVersion, onUndecodable }),
  );
  // the store has checked each body against its schema, and only the saga writes this stream
  return events.map(({ body }) => body as IncidentEvent);
}
