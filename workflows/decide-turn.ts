import { patched } from '@temporalio/workflow';
import type { IncidentEvent } from '../domain/events/incident-events.ts';
import type { IncidentState } from '../domain/incident/incident.ts';
import { type Happenings, takeTurn } from '../domain/incident/turn.ts';

/** Before, late steps were taken one by one. Remove once no run of 0.1 is open any more. */
const passesLateSteps = '2026-11-late-steps-are-passed';

/** One decision of the pure planner, as the version of tocsin took it that this run's history is from. */
export function decideTurn(
  state: IncidentState,
  happenings: Happenings,
  nowMs: number,
): readonly IncidentEvent[] {
  if (state === undefined) return [];
  const events = takeTurn(state, happenings, nowMs);
  if (!events.some(isPassed) || patched(passesLateSteps)) return events;
  return takeTurn(state, { ...happenings, keepsLateSteps: true }, nowMs);
}

function isPassed(event: IncidentEvent): boolean {
  return (
    event.type === 'StepSkipped' && (event.data.reason === 'superseded' || event.data.reason === 'too_old')
  );
}
