import type { StepReason } from '../events/incident-events.ts';
import type { Incident, Ladder } from '../incident/incident.ts';
import { isStepDead } from '../incident/units.ts';
import type { PolicyTarget } from './policy.ts';

/** The step that comes next unless somebody answers, or the end of all steps; due in epoch milliseconds, maybe long ago. */
export type NextStep =
  | {
      readonly kind: 'step';
      readonly round: number;
      readonly step: number;
      readonly reason: StepReason;
      readonly dueMs: number;
      /** Whom a human named instead of the policy's targets. */
      readonly targets?: readonly PolicyTarget[];
    }
  | { readonly kind: 'exhaust'; readonly round: number; readonly dueMs: number };

type Step = Extract<NextStep, { kind: 'step' }>;

/** A human asked for it: it is never too late, and nothing holds it back. */
export function isAskedFor(reason: StepReason): boolean {
  return reason === 'escalated' || reason === 'reassigned';
}

export function nextStepOf(incident: Incident): NextStep | undefined {
  const isHeld = incident.held !== undefined && !isAskedFor(incident.summons?.reason ?? 'opened');
  const next = isHeld ? undefined : nextByStatus(incident);
  if (next === undefined || incident.resumedAt === undefined) return next;
  return { ...next, dueMs: Math.max(next.dueMs, Date.parse(incident.resumedAt)) };
}

function nextByStatus(incident: Incident): NextStep | undefined {
  switch (incident.status) {
    case 'resolved':
    case 'acknowledged':
      return undefined;
    case 'snoozed':
      return afterSnooze(incident);
    case 'open':
      return whileOpen(incident);
  }
}

function afterSnooze(incident: Incident): NextStep {
  const dueMs = Date.parse(incident.snoozedUntil ?? '');
  return begin(incident, { round: nextRound(incident.ladder), step: 0, reason: 'snooze_ended', dueMs });
}

function whileOpen(incident: Incident): NextStep | undefined {
  const { ladder, summons } = incident;
  if (ladder === undefined) return firstStep(incident);
  if (summons !== undefined) return summonedStep(incident, ladder);
  if (ladder.exhausted) return undefined;
  if (isStepDead(incident, ladder)) {
    const instead = insteadOfDead(incident, ladder);
    if (instead !== undefined) return instead;
  }
  if (ladder.skippedAt !== undefined) return afterSkip(incident, ladder, Date.parse(ladder.skippedAt));
  return unanswered(incident, ladder);
}

/** Whoever asks for the next step does not want to wait for the group. */
function firstStep(incident: Incident): NextStep {
  const { openedAt, groupWaitMs, summons } = incident;
  const dueMs = summons === undefined ? Date.parse(openedAt) + groupWaitMs : Date.parse(summons.at);
  const targets = summons?.targets;
  return begin(incident, {
    round: 0,
    step: 0,
    reason: targets === undefined ? 'opened' : 'reassigned',
    dueMs,
    ...(targets !== undefined && { targets }),
  });
}

function summonedStep(incident: Incident, ladder: Ladder): NextStep {
  const { reason, at, targets } = incident.summons ?? { reason: 'escalated' as const, at: ladder.startedAt };
  const dueMs = Date.parse(at);
  if (reason === 'escalated' && hasStepAfter(incident, ladder) && !ladder.exhausted) {
    return begin(incident, { round: ladder.round, step: ladder.step + 1, reason, dueMs });
  }
  const last = incident.policy.steps.length - 1;
  return begin(incident, {
    round: nextRound(ladder),
    step: reason === 'reassigned' ? Math.max(0, Math.min(ladder.step, last)) : 0,
    reason,
    dueMs,
    ...(targets !== undefined && { targets }),
  });
}

/**
 * Only within a round: a new round waits its time, or broken channels would burn through all of them at once. Where no
 * round is left, whoever is paged at the end of all takes over.
 */
function insteadOfDead(incident: Incident, ladder: Ladder): NextStep | undefined {
  const dueMs = Date.parse(ladder.deadAt ?? ladder.startedAt);
  if (hasStepAfter(incident, ladder)) {
    return begin(incident, {
      round: ladder.round,
      step: ladder.step + 1,
      reason: 'undeliverable',
      dueMs,
    });
  }
  const hasFallback = (incident.policy.onExhausted ?? []).length > 0;
  return hasFallback && !hasRoundAfter(incident, ladder)
    ? { kind: 'exhaust', round: ladder.round, dueMs }
    : undefined;
}

function afterSkip(incident: Incident, ladder: Ladder, dueMs: number): NextStep {
  if (hasStepAfter(incident, ladder)) {
    return begin(incident, { round: ladder.round, step: ladder.step + 1, reason: 'skipped', dueMs });
  }
  if (ladder.isIdle && !hasRoundAfter(incident, ladder))
    return { kind: 'exhaust', round: ladder.round, dueMs };
  return unanswered(incident, ladder);
}

function unanswered(incident: Incident, ladder: Ladder): NextStep {
  const dueMs = Date.parse(ladder.startedAt) + ladder.waitMs;
  if (hasStepAfter(incident, ladder)) {
    return begin(incident, { round: ladder.round, step: ladder.step + 1, reason: 'not_acknowledged', dueMs });
  }
  if (hasRoundAfter(incident, ladder)) {
    return begin(incident, { round: nextRound(ladder), step: 0, reason: 'repeat', dueMs });
  }
  return { kind: 'exhaust', round: ladder.round, dueMs };
}

/** Nobody is paged after the step where the ladder stands: no step, no round, and no fallback is left. */
export function isLastOfAll(incident: Incident): boolean {
  const { ladder, policy } = incident;
  if (ladder === undefined) return false;
  if (ladder.exhausted) return true;
  const hasFallback = (policy.onExhausted ?? []).length > 0;
  return !hasStepAfter(incident, ladder) && !hasRoundAfter(incident, ladder) && !hasFallback;
}

function hasStepAfter(incident: Incident, ladder: Ladder): boolean {
  return ladder.step + 1 < incident.policy.steps.length;
}

function hasRoundAfter(incident: Incident, ladder: Ladder): boolean {
  return ladder.repeats < incident.policy.repeat;
}

function nextRound(ladder: Ladder | undefined): number {
  return ladder === undefined ? 0 : ladder.round + 1;
}

function begin(incident: Incident, next: Omit<Step, 'kind'>): NextStep {
  const { delay, policy } = incident;
  if (policy.steps[next.step] === undefined && next.targets === undefined) {
    return { kind: 'exhaust', round: next.round, dueMs: next.dueMs };
  }
  const isDelayed = delay !== undefined && delay.round === next.round && delay.step === next.step;
  const dueMs = isDelayed ? Math.max(next.dueMs, Date.parse(delay.until)) : next.dueMs;
  return { kind: 'step', ...next, dueMs };
}
