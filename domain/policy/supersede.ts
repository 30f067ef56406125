import type { Incident } from '../incident/incident.ts';
import { limits } from '../limits.ts';
import { isAskedFor, type NextStep } from './next-step.ts';
import type { PolicyStep } from './policy.ts';
import { urgencyOf } from './urgency.ts';

/** A step that was missed, due in epoch milliseconds. */
export interface MissedStep {
  readonly round: number;
  readonly step: number;
  readonly dueMs: number;
  /** Missed steps before this one that are not told one by one. */
  readonly earlier: number;
}

interface Place {
  readonly round: number;
  readonly step: number;
  readonly dueMs: number;
}

/**
 * The steps that are over by now, where the engine was away: the one that is due is late, and the one after it is due as
 * well. Whole rounds are passed by arithmetic, and each distinct step is told once, the last time that it was due. The
 * last step of all is never passed: somebody has to be paged. So nothing is passed either for a step that may page
 * nobody, or where a step would have waited for its hours.
 */
export function findMissed(
  incident: Incident,
  next: Extract<NextStep, { kind: 'step' }>,
  nowMs: number,
): MissedStep[] {
  const isLate = nowMs - next.dueMs >= limits.downtimeMs;
  if (!isLate || isAskedFor(next.reason) || incident.summons !== undefined) return [];
  if (waitsForHours(incident)) return [];
  const count = incident.policy.steps.length;
  const current = lastSure(incident, placeOfNow(incident, next, nowMs));
  const passed = (current.round - next.round) * count + current.step - next.step;
  const told = Math.min(passed, count);
  const missed: MissedStep[] = [];
  let after = current;
  for (let index = 0; index < told; index += 1) {
    after = placeBefore(incident, after);
    missed.unshift({ ...after, earlier: index === told - 1 ? passed - told : 0 });
  }
  return missed;
}

function waitsForHours({ policy, severity }: Incident): boolean {
  return (
    urgencyOf(severity, policy) === 'low' && policy.steps.some(({ delayUntil }) => delayUntil !== undefined)
  );
}

/**
 * Of the places up to this one, the last whose step pages somebody whatever the world answers. Where no step does, a whole
 * round before it: so each of them is asked.
 */
function lastSure(incident: Incident, current: Place): Place {
  const { steps, onExhausted = [] } = incident.policy;
  const isSure = ({ when = [], targets }: PolicyStep) =>
    when.length === 0 && (onExhausted.length > 0 || targets.some(({ kind }) => kind === 'channel'));
  let place = current;
  for (let back = 0; back < steps.length; back += 1) {
    const step = steps[place.step];
    if (step !== undefined && isSure(step)) return place;
    place = placeBefore(incident, place);
  }
  return place;
}

function placeOfNow(incident: Incident, next: Place & { readonly reason: string }, nowMs: number): Place {
  const first = furthestInRound(incident, next, nowMs);
  const { steps } = incident.policy;
  const endMs = first.dueMs + waitOf(incident, first.step);
  const roundsLeft = roundsAfter(incident, next);
  if (first.step + 1 < steps.length || nowMs < endMs || roundsLeft === 0) return first;
  const roundMs = steps.reduce((sum, { waitMs }) => sum + waitMs, 0);
  const whole = roundMs === 0 ? roundsLeft - 1 : Math.floor((nowMs - endMs) / roundMs);
  const skipped = Math.min(whole, roundsLeft - 1);
  const begun = { round: next.round + 1 + skipped, step: 0, dueMs: endMs + skipped * roundMs };
  return furthestInRound(incident, begun, nowMs);
}

function furthestInRound(incident: Incident, from: Place, nowMs: number): Place {
  let { round, step, dueMs } = from;
  while (step + 1 < incident.policy.steps.length && dueMs + waitOf(incident, step) <= nowMs) {
    dueMs += waitOf(incident, step);
    step += 1;
  }
  return { round, step, dueMs };
}

/** Rounds that may follow the one of `next`. */
function roundsAfter(
  { policy, ladder, status }: Incident,
  { round, reason }: { readonly round: number; readonly reason: string },
): number {
  if (ladder === undefined || status === 'snoozed') return policy.repeat;
  const repeats = reason === 'repeat' ? ladder.repeats + round - ladder.round : ladder.repeats;
  return Math.max(0, policy.repeat - repeats);
}

function placeBefore(incident: Incident, { round, step, dueMs }: Place): Place {
  const before = step > 0 ? step - 1 : incident.policy.steps.length - 1;
  return { round: step > 0 ? round : round - 1, step: before, dueMs: dueMs - waitOf(incident, before) };
}

function waitOf(incident: Incident, step: number): number {
  return incident.policy.steps[step]?.waitMs ?? 0;
}
