import type { StepReason } from '../events/incident-events.ts';
import type { Incident } from '../incident/incident.ts';
import type { PersonToPage, StepQuestion } from '../people/step-resolution.ts';
import { type Due, duesOf, type Errand, earliest, errandsOf } from './dues.ts';
import { isAskedFor, type NextStep, nextStepOf } from './next-step.ts';
import type { PolicySnapshot, PolicyTarget, StepMode, Target } from './policy.ts';
import { findMissed, type MissedStep } from './supersede.ts';
import { urgencyOf } from './urgency.ts';

/** A step that begins, with all that it needs. */
export interface StartStep {
  readonly kind: 'start_step';
  readonly round: number;
  readonly step: number;
  readonly reason: StepReason;
  readonly mode: StepMode;
  readonly targets: readonly Target[];
  readonly people: readonly PersonToPage[];
  readonly notes: readonly string[];
  readonly waitMs: number;
  /** When the step should have begun: never later than now. */
  readonly dueMs: number;
}

export interface ResolveStep {
  readonly kind: 'resolve';
  readonly round: number;
  readonly step: number;
  readonly reason: StepReason;
  readonly dueMs: number;
  readonly question: StepQuestion;
  /** What else comes before there is an answer. */
  readonly wakeMs?: number;
}

export type StepPlan =
  | StartStep
  | ResolveStep
  /** Steps that were missed while the engine was away; the one after them is due. */
  | { readonly kind: 'supersede'; readonly missed: readonly MissedStep[] }
  | { readonly kind: 'too_old'; readonly round: number; readonly step: number; readonly dueMs: number }
  | { readonly kind: 'exhaust'; readonly round: number; readonly dueMs: number };

/** What the escalation does next. Instants are epoch milliseconds. */
export type Plan =
  | StepPlan
  /** Something besides a step is due. */
  | { readonly kind: 'act'; readonly what: Errand }
  | { readonly kind: 'wait'; readonly untilMs: number; readonly what: Due['what'] }
  /** Nothing until somebody or something speaks. */
  | { readonly kind: 'idle' };

/** The next turn does something by itself. `resolve` does not count: it needs an answer first. */
export function isDue({ kind }: Plan): boolean {
  return kind !== 'resolve' && kind !== 'wait' && kind !== 'idle';
}

/** Pure: the same incident at the same instant always has the same plan. */
export function planNext(incident: Incident, nowMs: number): Plan {
  const errands = errandsOf(incident);
  const errand = errands.find(({ dueMs }) => dueMs <= nowMs);
  if (errand !== undefined) return { kind: 'act', what: errand.what };
  const step = planStep(incident, nowMs);
  if (step?.kind === 'resolve') {
    const wakeMs = earliest(errands)?.dueMs;
    return wakeMs === undefined ? step : { ...step, wakeMs };
  }
  if (step !== undefined) return step;
  const next = earliest(duesOf(incident));
  return next === undefined ? { kind: 'idle' } : { kind: 'wait', untilMs: next.dueMs, what: next.what };
}

/** Of steps alone; undefined while none is due. */
export function planStep(
  incident: Incident,
  nowMs: number,
  { keepsLateSteps = false }: { readonly keepsLateSteps?: boolean } = {},
): StepPlan | undefined {
  const next = nextStepOf(incident);
  if (next === undefined || nowMs < next.dueMs) return undefined;
  if (next.kind === 'exhaust') return next;
  const missed = keepsLateSteps ? [] : findMissed(incident, next, nowMs);
  if (missed.length > 0) return { kind: 'supersede', missed };
  const { round, step, reason, dueMs } = next;
  const { maxAgeMs } = incident.policy;
  const hasInstead = fallbackOf(incident.policy).length > 0;
  if (maxAgeMs !== undefined && nowMs - dueMs > maxAgeMs && hasInstead && !isAskedFor(reason)) {
    return { kind: 'too_old', round, step, dueMs };
  }
  return beginStep(incident, next, nowMs);
}

function beginStep(
  incident: Incident,
  next: Extract<NextStep, { kind: 'step' }>,
  nowMs: number,
): StartStep | ResolveStep {
  const { round, step, reason, dueMs } = next;
  const place = { round, step, reason, dueMs };
  const asked = askedOf(incident, next);
  if (!needsAnswer(asked)) {
    const { mode, waitMs, targets } = asked;
    return {
      kind: 'start_step',
      ...place,
      mode,
      waitMs,
      targets: targets.filter(isChannel),
      people: [],
      notes: [],
    };
  }
  return { kind: 'resolve', ...place, question: questionOf(incident, place, asked, nowMs) };
}

interface Asked {
  readonly targets: readonly PolicyTarget[];
  readonly waitMs: number;
  readonly mode: StepMode;
  readonly when: StepQuestion['when'];
  readonly delayUntil?: string;
  readonly roundRobin?: true;
}

/** What the policy says of the step; a human who names somebody, or asks for it, wants no more conditions or hours. */
function askedOf(
  incident: Incident,
  { step, round, reason, targets }: Extract<NextStep, { kind: 'step' }>,
): Asked {
  const { policy, delay, severity, summons } = incident;
  const own = policy.steps[step] ?? { targets: [], waitMs: 0 };
  if (targets !== undefined) return { targets, waitMs: own.waitMs, mode: 'all', when: [] };
  const wasDelayed = delay !== undefined && delay.round === round && delay.step === step;
  const isAsked = isAskedFor(reason) || (summons !== undefined && isAskedFor(summons.reason));
  const waitsForHours = !wasDelayed && !isAsked && urgencyOf(severity, policy) === 'low';
  return {
    targets: own.targets,
    waitMs: own.waitMs,
    mode: own.mode ?? 'all',
    when: own.when ?? [],
    ...(own.delayUntil !== undefined && waitsForHours && { delayUntil: own.delayUntil }),
    ...(own.roundRobin !== undefined && { roundRobin: own.roundRobin }),
  };
}

function needsAnswer({ targets, when, delayUntil, roundRobin }: Asked): boolean {
  const isPlain = targets.length > 0 && targets.every(isChannel);
  return !isPlain || when.length > 0 || delayUntil !== undefined || roundRobin !== undefined;
}

export function isChannel(target: PolicyTarget): target is Target {
  return target.kind === 'channel' || target.kind === 'contact';
}

function questionOf(
  incident: Incident,
  { round, step }: { readonly round: number; readonly step: number },
  { targets, when, delayUntil, roundRobin }: Asked,
  atMs: number,
): StepQuestion {
  const { tenant, id, policy, severity, groupLabels, samples, attached, openedAt } = incident;
  return {
    tenant,
    incidentId: id,
    policy: policy.name,
    round,
    step,
    atMs,
    targets,
    when,
    ...(delayUntil !== undefined && { delayUntil }),
    ...(roundRobin !== undefined && { roundRobin }),
    fallback: fallbackOf(policy),
    urgency: urgencyOf(severity, policy),
    severity,
    labels: { ...samples[0]?.labels, ...groupLabels },
    alertCount: attached,
    openedAt,
  };
}

function fallbackOf({ onExhausted }: PolicySnapshot): readonly Target[] {
  return onExhausted ?? [];
}

/** How a step is started once the world has answered. */
export function startAnswered(
  incident: Incident,
  { round, step, reason, dueMs }: ResolveStep,
  answer: Pick<StartStep, 'targets' | 'people' | 'notes'>,
): StartStep {
  const own = incident.policy.steps[step];
  const mode = reason === 'reassigned' ? 'all' : (own?.mode ?? 'all');
  const { targets, people, notes } = answer;
  return {
    kind: 'start_step',
    round,
    step,
    reason,
    dueMs,
    mode,
    waitMs: own?.waitMs ?? 0,
    targets,
    people,
    notes,
  };
}
