import type { RecordedEvent } from '../domain/events/envelope.ts';
import { type IncidentProjectorDeps, projectIncident } from './incident-projector.ts';

export interface TakeInParkedIncidentsDeps extends Omit<IncidentProjectorDeps, 'park'> {
  /** Tells the projection of the version that the view has reached, so that it goes on, or ends. */
  wakeProjection(incidentId: string, version: number): void;
}

const prefix = 'incident-';

/** Brings the view of an incident up to its stream, of which events were parked; nothing of it was left out. */
export function createTakeInParkedIncidents({ wakeProjection, ...deps }: TakeInParkedIncidentsDeps) {
  return async (events: readonly RecordedEvent[]): Promise<void> => {
    const stream = events[0]?.stream;
    if (stream?.startsWith(prefix) !== true) return;
    const incidentId = stream.slice(prefix.length);
    const { version } = await projectIncident(deps, incidentId);
    wakeProjection(incidentId, version);
  };
}
