import type { StepReason } from '../events/incident-events.ts';
import type { Incident, Ladder } from '../incident/incident.ts';
import type { Target } from './policy.ts';

/** What the escalation does next. Instants are epoch milliseconds. */
export type Plan =
  | {
      readonly kind: 'start_step';
      readonly round: number;
      readonly step: number;
      readonly reason: StepReason;
      readonly targets: readonly Target[];
      readonly waitMs: number;
      /** When the step should have begun: never later than now. */
      readonly dueMs: number;
    }
  | { readonly kind: 'wait'; readonly untilMs: number }
  | { readonly kind: 'exhaust' }
  /** Nothing until somebody or something speaks. */
  | { readonly kind: 'idle' };

interface NextStep {
  readonly round: number;
  readonly step: number;
  readonly reason: StepReason;
  readonly dueMs: number;
  readonly targets?: readonly Target[];
}

/** Pure: the same incident at the same instant always has the same plan. */
export function planNext(incident: Incident, nowMs: number): Plan {
  switch (incident.status) {
    case 'resolved':
    case 'acknowledged':
      return { kind: 'idle' };
    case 'snoozed':
      return planAfterSnooze(incident, nowMs);
    case 'open':
      return planOpen(incident, nowMs);
  }
}

function planAfterSnooze(incident: Incident, nowMs: number): Plan {
  const dueMs = Date.parse(incident.snoozedUntil ?? '');
  if (nowMs < dueMs) return { kind: 'wait', untilMs: dueMs };
  return begin(incident, { round: nextRound(incident.ladder), step: 0, reason: 'snooze_ended', dueMs });
}

function planOpen(incident: Incident, nowMs: number): Plan {
  const { ladder, summons } = incident;
  if (ladder === undefined) return planFirstStep(incident, nowMs);
  if (summons !== undefined) return planSummons(incident, ladder);
  if (ladder.exhausted) return { kind: 'idle' };
  if (isUndeliverable(incident, ladder)) {
    return begin(incident, {
      round: ladder.round,
      step: ladder.step + 1,
      reason: 'undeliverable',
      dueMs: nowMs,
    });
  }
  const dueMs = Date.parse(ladder.startedAt) + ladder.waitMs;
  if (nowMs < dueMs) return { kind: 'wait', untilMs: dueMs };
  return planUnanswered(incident, ladder, dueMs);
}

/** Whoever asks for the next step does not want to wait for the group. */
function planFirstStep(incident: Incident, nowMs: number): Plan {
  const { openedAt, groupWaitMs, summons } = incident;
  const dueMs = summons === undefined ? Date.parse(openedAt) + groupWaitMs : Date.parse(summons.at);
  if (nowMs < dueMs) return { kind: 'wait', untilMs: dueMs };
  return begin(incident, { round: 0, step: 0, reason: 'opened', dueMs });
}

function planSummons(incident: Incident, ladder: Ladder): Plan {
  const { reason, at, targets } = incident.summons ?? { reason: 'escalated' as const, at: ladder.startedAt };
  const dueMs = Date.parse(at);
  if (reason === 'escalated' && hasStepAfter(incident, ladder) && !ladder.exhausted) {
    return begin(incident, { round: ladder.round, step: ladder.step + 1, reason, dueMs });
  }
  const step = reason === 'reassigned' ? ladder.step : 0;
  return begin(incident, {
    round: nextRound(ladder),
    step,
    reason,
    dueMs,
    ...(targets !== undefined && { targets }),
  });
}

function planUnanswered(incident: Incident, ladder: Ladder, dueMs: number): Plan {
  if (hasStepAfter(incident, ladder)) {
    return begin(incident, { round: ladder.round, step: ladder.step + 1, reason: 'not_acknowledged', dueMs });
  }
  if (ladder.repeats < incident.policy.repeat) {
    return begin(incident, { round: nextRound(ladder), step: 0, reason: 'repeat', dueMs });
  }
  return { kind: 'exhaust' };
}

/** Only within a round: a new round waits its time, or broken channels would burn through all of them at once. */
function isUndeliverable(incident: Incident, ladder: Ladder): boolean {
  return ladder.pages > 0 && ladder.deadPages === ladder.pages && hasStepAfter(incident, ladder);
}

function hasStepAfter(incident: Incident, ladder: Ladder): boolean {
  return ladder.step + 1 < incident.policy.steps.length;
}

function nextRound(ladder: Ladder | undefined): number {
  return ladder === undefined ? 0 : ladder.round + 1;
}

function begin(incident: Incident, next: NextStep): Plan {
  const step = incident.policy.steps[next.step];
  if (step === undefined) return { kind: 'exhaust' };
  const { round, reason, dueMs } = next;
  return {
    kind: 'start_step',
    round,
    step: next.step,
    reason,
    dueMs,
    targets: next.targets ?? step.targets,
    waitMs: step.waitMs,
  };
}
