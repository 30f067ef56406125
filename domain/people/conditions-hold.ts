import { errorCodeOf } from '../errors.ts';
import { matchesAll } from '../matcher/matcher.ts';
import { parseMatchers } from '../matcher/parse-matcher.ts';
import { unreachable } from '../never.ts';
import type { Condition } from '../policy/policy.ts';
import { isActive } from '../time-interval/is-active.ts';
import type { Directory } from './directory.ts';
import type { StepQuestion } from './step-resolution.ts';

export interface ConditionContext {
  readonly question: StepQuestion;
  readonly directory: Pick<Directory, 'timeIntervals'>;
  /** Takes what could not be asked. Such a condition holds: a page too many is better than one that is lost. */
  note(text: string): void;
}

/** Whether all conditions hold at the question's instant. */
export function conditionsHold(conditions: readonly Condition[], context: ConditionContext): boolean {
  return conditions.every((condition) => holds(condition, context));
}

function holds(condition: Condition, context: ConditionContext): boolean {
  const { question } = context;
  switch (condition.kind) {
    case 'severity':
      return condition.in.includes(question.severity);
    case 'urgency':
      return question.urgency === condition.is;
    case 'labels':
      return labelsMatch(condition.match, context);
    case 'alerts':
      return question.alertCount >= condition.atLeast;
    case 'open_for':
      return question.atMs - Date.parse(question.openedAt) >= condition.atLeastMs;
    case 'hours':
      return isWithinHours(condition, context);
    case 'not':
      return !conditionsHold(condition.of, context);
    default:
      return unreachable(condition);
  }
}

function labelsMatch(texts: readonly string[], { question, note }: ConditionContext): boolean {
  try {
    return matchesAll(texts.flatMap(parseMatchers), question.labels);
  } catch (error) {
    // an older release took what this one refuses
    if (errorCodeOf(error) !== 'invalid_config') throw error;
    note('a matcher of the policy can not be read');
    return true;
  }
}

function isWithinHours(
  { name, within }: Extract<Condition, { kind: 'hours' }>,
  { question, directory, note }: ConditionContext,
): boolean {
  const interval = directory.timeIntervals.get(name);
  if (interval !== undefined) return isActive(interval, question.atMs) === within;
  note(notConfigured('time interval', name));
  return true;
}

/** Of something that a running incident's policy names, and a newer configuration does not. */
export function notConfigured(what: string, name: string): string {
  return `${what} ${name} is not configured any more`;
}
