import type { IncidentEvent } from '../events/incident-events.ts';
import { fold } from '../incident/fold.ts';
import type { Incident } from '../incident/incident.ts';
import type { AlertReference, IncidentSubject } from '../incident/protocol.ts';
import { type Happenings, nothingHappened, openingTurn, takeTurn } from '../incident/turn.ts';
import { limits } from '../limits.ts';
import type { StepQuestion, StepResolution } from '../people/step-resolution.ts';
import type { Severity } from '../severity.ts';
import { isDue, type Plan, planNext } from './plan.ts';
import type { PolicySnapshot } from './policy.ts';
import { createTranscript, type SimulatedEntry } from './transcript.ts';

/** The incident that is imagined: its alerts fire together, at the start, and go on firing. */
export interface SimulatedIncident {
  readonly subject: IncidentSubject;
  readonly severity: Severity;
  /** Of the first alert. */
  readonly labels: Readonly<Record<string, string>>;
  readonly alertCount: number;
  readonly groupWaitMs?: number;
}

export interface SimulationOptions {
  readonly incident: SimulatedIncident;
  readonly policy: PolicySnapshot;
  readonly startMs: number;
  /** Nothing after it is told. */
  readonly untilMs: number;
  /** Answers like the sagas' own resolver. */
  readonly resolve: (question: StepQuestion) => StepResolution;
}

export interface Simulation {
  readonly entries: readonly SimulatedEntry[];
  /** There is more before `untilMs` than is told here. */
  readonly isCut: boolean;
}

/**
 * What would happen to an incident if every message were delivered at once and nobody answered: the saga's own turns,
 * taken at the instants at which the saga would take them. Sends nothing.
 */
export function simulate({ incident, policy, startMs, untilMs, resolve }: SimulationOptions): Simulation {
  const transcript = createTranscript();
  let nowMs = startMs;
  const record = (before: Incident | undefined, events: readonly IncidentEvent[]): Incident | undefined => {
    transcript.take(events);
    return fold(before, events);
  };
  let state = record(undefined, openingTurn(openingOf(incident, policy, startMs), startMs));
  for (let turns = 0; turns < limits.maxSimulatedTurns; turns += 1) {
    if (state === undefined) break;
    const plan = planNext(state, nowMs);
    const happenings = happeningsOf(state, plan, resolve);
    if (happenings === undefined) {
      if (plan.kind !== 'wait' || plan.untilMs > untilMs)
        return { entries: transcript.entries(), isCut: false };
      nowMs = plan.untilMs;
      continue;
    }
    if (transcript.isFull()) break;
    state = record(state, takeTurn(state, happenings, nowMs));
  }
  return { entries: transcript.entries(), isCut: true };
}

/** What the saga would take its next turn for; undefined while it only waits. */
function happeningsOf(
  { pending }: Incident,
  plan: Plan,
  resolve: SimulationOptions['resolve'],
): Happenings | undefined {
  const ends = pending.map(({ key }) => ({
    kind: 'delivered' as const,
    key,
    providerId: key,
    attempts: 1,
  }));
  if (plan.kind === 'resolve') {
    const { round, step, reason, question } = plan;
    return { ...nothingHappened, ends, resolution: { round, step, reason, answer: resolve(question) } };
  }
  return ends.length > 0 || isDue(plan) ? { ...nothingHappened, ends } : undefined;
}

function openingOf(
  { subject, severity, labels, alertCount, groupWaitMs }: SimulatedIncident,
  policy: PolicySnapshot,
  startMs: number,
) {
  const at = new Date(startMs).toISOString();
  const first: AlertReference = {
    kind: 'fired',
    lane: 0,
    position: alertCount,
    incidentId: 'simulated',
    severity,
    title: 'a simulated incident',
    source: 'simulation',
    replaces: false,
    sample: { fingerprint: 'simulated', status: 'firing', labels, annotations: {}, startsAt: at },
    acceptedAt: at,
    also: Array.from({ length: Math.max(0, alertCount - 1) }, (_, index) => index + 1),
  };
  return { subject, first, policy, groupWaitMs, references: [first] };
}
