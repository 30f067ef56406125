import type { RecordedEvent } from '../domain/events/envelope.ts';
import type { IncidentEvent } from '../domain/events/incident-events.ts';
import { incidentStreamOf } from '../domain/ids.ts';
import type { EventLog } from '../store/event-log.ts';

/** How an incident of the log began: which workflow it belongs to, and under which policy. Undefined without one. */
export async function readOpening(log: Pick<EventLog, 'readStream'>, incidentId: string) {
  const [first] = await log.readStream(incidentStreamOf(incidentId), { limit: 1 });
  const event = first === undefined ? undefined : incidentEventOf(first);
  return event?.type === 'IncidentOpened' ? event.data : undefined;
}

/** The store has checked the body against its schema, and only the saga writes incident streams. */
function incidentEventOf({ body }: RecordedEvent): IncidentEvent {
  return body as IncidentEvent;
}
