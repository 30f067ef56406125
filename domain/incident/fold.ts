import type { IncidentEvent } from '../events/incident-events.ts';
import { evolve } from './evolve.ts';
import type { Incident, IncidentState } from './incident.ts';

/** Folds events that follow directly on `state`. */
export function fold(state: IncidentState, events: readonly IncidentEvent[]): IncidentState {
  return events.reduce<IncidentState>((folded, event) => evolve(folded, versionOf(folded) + 1, event), state);
}

/** The version of an incident's last event; -1 before the first. */
export function versionOf(state: IncidentState): number {
  return state?.version ?? -1;
}

/** Lets each decider see what the ones before it decided; answers with all their events. */
export function decideInTurn(
  state: Incident,
  deciders: readonly ((incident: Incident) => readonly IncidentEvent[])[],
): IncidentEvent[] {
  const events: IncidentEvent[] = [];
  let folded: Incident = state;
  for (const decider of deciders) {
    const decided = decider(folded);
    events.push(...decided);
    folded = fold(folded, decided) ?? folded;
  }
  return events;
}
