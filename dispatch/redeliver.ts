import { TocsinError } from '../domain/errors.ts';
import type { AlertsSignal, IncidentSubject } from '../domain/incident/protocol.ts';
import type { EventLog } from '../store/event-log.ts';
import { readOpening } from './read-opening.ts';

export type Redelivery = NonNullable<AlertsSignal['redeliver']>;

export interface RedeliverDeps {
  readonly log: Pick<EventLog, 'readStream'>;
  readonly escalations: { redeliver(subject: IncidentSubject, redelivery: Redelivery): Promise<void> };
}

/** Asks the saga of an incident, open or over, to send dead letters again. Throws `incident_not_found` and `engine_unavailable`. */
export function createRedeliver({ log, escalations }: RedeliverDeps) {
  return async (redelivery: Redelivery): Promise<void> => {
    const opened = await readOpening(log, redelivery.incidentId);
    if (opened === undefined) throw new TocsinError('incident_not_found');
    const { tenant, route, groupLabels } = opened;
    await escalations.redeliver({ tenant, route, groupLabels }, redelivery);
  };
}
