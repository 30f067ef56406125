import type { IncidentEvent, StepReason } from '../events/incident-events.ts';
import type { StepResolution } from '../people/step-resolution.ts';
import { planStep, type ResolveStep, type StartStep, type StepPlan, startAnswered } from '../policy/plan.ts';
import type { Incident } from './incident.ts';

/** What a step asked of the world, and the answer. It counts only while that very step is the one that is due. */
export interface ResolvedStep {
  readonly round: number;
  readonly step: number;
  readonly reason: StepReason;
  readonly answer: StepResolution;
}

/** Steps that were missed while the engine was away are passed before the one that is due now begins. */
export function passMissed(incident: Incident, nowMs: number, at: string): IncidentEvent[] {
  const plan = planStep(incident, nowMs);
  if (plan?.kind !== 'supersede') return [];
  return plan.missed.map(({ round, step, dueMs, earlier }) => ({
    type: 'StepSkipped',
    data: {
      at,
      round,
      step,
      reason: 'superseded',
      dueAt: new Date(dueMs).toISOString(),
      ...(earlier > 0 && { notes: [`${counted(earlier)} before it ${wereSkipped(earlier)} as well`] }),
    },
  }));
}

interface StepOptions {
  readonly nowMs: number;
  readonly at: string;
  readonly resolution?: ResolvedStep | undefined;
  readonly keepsLateSteps: boolean;
}

/** The step that is due, if one is. */
export function takeStep(
  incident: Incident,
  { nowMs, at, resolution, keepsLateSteps }: StepOptions,
): IncidentEvent[] {
  const plan = planStep(incident, nowMs, { keepsLateSteps });
  switch (plan?.kind) {
    case undefined:
    case 'supersede':
      return [];
    case 'start_step':
      return [startStep(incident, plan, at)];
    case 'resolve':
      return isAnswered(plan, resolution) ? answeredStep(incident, plan, resolution.answer, at) : [];
    case 'too_old':
      return dropStep(incident, plan, at);
    case 'exhaust':
      return exhaust(incident, { round: plan.round, dueMs: plan.dueMs, at, notes: [] });
  }
}

function isAnswered(plan: ResolveStep, resolution: ResolvedStep | undefined): resolution is ResolvedStep {
  if (resolution === undefined) return false;
  const { round, step, reason } = resolution;
  return round === plan.round && step === plan.step && reason === plan.reason;
}

function answeredStep(
  incident: Incident,
  plan: ResolveStep,
  answer: StepResolution,
  at: string,
): IncidentEvent[] {
  const { round, step } = plan;
  const dueAt = new Date(plan.dueMs).toISOString();
  switch (answer.kind) {
    case 'delay':
      return [
        { type: 'StepDelayed', data: { at, round, step, until: new Date(answer.untilMs).toISOString() } },
      ];
    case 'skip':
      return [
        {
          type: 'StepSkipped',
          data: { at, round, step, reason: answer.reason, dueAt, ...noted(answer.notes) },
        },
      ];
    case 'page': {
      const people = answer.people.filter(({ contacts }) => contacts.length > 0);
      if (people.length + answer.targets.length > 0) {
        return [startStep(incident, startAnswered(incident, plan, { ...answer, people }), at)];
      }
      return [
        { type: 'StepSkipped', data: { at, round, step, reason: 'nobody', dueAt, ...noted(answer.notes) } },
      ];
    }
  }
}

/** A page of it is not requested here: whoever is due is asked for once the step stands. */
function startStep(incident: Incident, plan: StartStep, at: string): IncidentEvent {
  const { round, step, reason, mode, targets, people, waitMs } = plan;
  const distinct = [...new Map(targets.map((target) => [target.name, target])).values()];
  const notes = [...missedNotes(incident), ...plan.notes];
  return {
    type: 'StepStarted',
    data: {
      at,
      round,
      step,
      reason,
      dueAt: new Date(plan.dueMs).toISOString(),
      waitMs,
      targets: distinct,
      ...(mode !== 'all' && { mode }),
      ...(people.length > 0 && { people }),
      ...noted(notes),
    },
  };
}

function dropStep(
  incident: Incident,
  { round, step, dueMs }: Extract<StepPlan, { kind: 'too_old' }>,
  at: string,
): IncidentEvent[] {
  const dueAt = new Date(dueMs).toISOString();
  return [
    { type: 'StepSkipped', data: { at, round, step, reason: 'too_old', dueAt } },
    ...exhaust(incident, { round, dueMs, at, notes: [`step ${step + 1} was due too long ago to be sent`] }),
  ];
}

interface ExhaustOptions {
  readonly round: number;
  readonly dueMs: number;
  readonly at: string;
  readonly notes: readonly string[];
}

/** The end of all steps: the policy's last resort is paged, once. */
function exhaust(incident: Incident, { round, dueMs, at, notes }: ExhaustOptions): IncidentEvent[] {
  const ended: IncidentEvent = { type: 'EscalationExhausted', data: { at, round } };
  const { ladder, policy } = incident;
  const { onExhausted: targets = [], steps } = policy;
  if (targets.length === 0) return [ended];
  const plan: StartStep = {
    kind: 'start_step',
    round,
    step: Math.max(steps.length, ladder?.round === round ? ladder.step + 1 : 0),
    reason: 'exhausted',
    mode: 'all',
    targets,
    people: [],
    notes: notes.length > 0 ? notes : ['every step was taken without an answer'],
    waitMs: 0,
    dueMs,
  };
  return [ended, startStep(incident, plan, at)];
}

function missedNotes({ ladder }: Incident): string[] {
  const missed = ladder?.missed ?? 0;
  return missed === 0 ? [] : [`${counted(missed)} ${wereSkipped(missed)} while paging was down`];
}

function counted(steps: number): string {
  return `${steps} step${steps === 1 ? '' : 's'}`;
}

function wereSkipped(steps: number): string {
  return `${steps === 1 ? 'was' : 'were'} skipped`;
}

function noted(notes: readonly string[]) {
  return notes.length === 0 ? {} : { notes };
}
