import type { AlertsSignal } from '../domain/incident/protocol.ts';

export type Redelivery = NonNullable<AlertsSignal['redeliver']>;

export interface Redeliveries {
  add(redelivery: Redelivery): void;
  /** The oldest that was asked for of one incident, once. */
  take(incidentId: string): Redelivery | undefined;
  has(incidentId: string): boolean;
  /** Incidents of which something was asked for, oldest first. */
  incidentIds(): string[];
  /** What nobody has taken, for a run that continues as new. */
  rest(): AlertsSignal[];
}

/** Dead letters that are to be sent again, until whoever looks after their incident takes them. */
export function createRedeliveries(): Redeliveries {
  let waiting: readonly Redelivery[] = [];
  return {
    add(redelivery) {
      waiting = [...waiting, redelivery];
    },
    take(incidentId) {
      const taken = waiting.find((redelivery) => redelivery.incidentId === incidentId);
      waiting = waiting.filter((redelivery) => redelivery !== taken);
      return taken;
    },
    has: (incidentId) => waiting.some((redelivery) => redelivery.incidentId === incidentId),
    incidentIds: () => [...new Set(waiting.map(({ incidentId }) => incidentId))],
    rest: () => waiting.map((redeliver) => ({ references: [], redeliver })),
  };
}
