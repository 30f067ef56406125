import { isCancellation, log, proxyLocalActivities } from '@temporalio/workflow';
import type { SagaActivities } from '../activities/activities.ts';
import type { Happenings } from '../domain/incident/turn.ts';
import type { StepQuestion, StepResolution } from '../domain/people/step-resolution.ts';
import { isChannel, type ResolveStep } from '../domain/policy/plan.ts';
import { beside } from './beside.ts';
import { oneAttempt, patiently } from './patiently.ts';

const options = { startToCloseTimeout: '10 seconds', retry: oneAttempt } as const;

const { resolveStep } = proxyLocalActivities<Pick<SagaActivities, 'resolveStep'>>(options);

type Resolution = NonNullable<Happenings['resolution']>;

export interface People {
  /** Asks, beside the escalation, whom the step that is due pages; the same step is asked about once. */
  ask(plan: ResolveStep): void;
  /** The newest answer, once. */
  takeAnswer(): Resolution | undefined;
  hasAnswer(): boolean;
}

/** The saga knows no time zones and no people: who is on call, and whether a condition holds, an activity says. */
export function createPeople(): People {
  let newest: string | undefined;
  let answer: Resolution | undefined;
  let passed: Passed | undefined;

  const pursue = async (plan: ResolveStep, name: string): Promise<void> => {
    const { round, step, reason } = plan;
    const question = likeThoseBefore(plan, passed);
    const resolution = await answerOf(question).catch((error: unknown) => {
      if (isCancellation(error)) throw error;
      log.error('nobody can say whom the step pages', { incidentId: question.incidentId, error });
      return withoutPeople(question);
    });
    if (newest !== name) return;
    answer = { round, step, reason, answer: resolution };
    passed = resolution.kind === 'skip' ? { round, step, question } : undefined;
  };

  return {
    ask(plan) {
      const name = nameOf(plan);
      if (newest === name) return;
      newest = name;
      answer = undefined;
      beside(() => pursue(plan, name));
    },
    takeAnswer() {
      const taken = answer;
      if (taken !== undefined) newest = undefined;
      answer = undefined;
      return taken;
    },
    hasAnswer: () => answer !== undefined,
  };
}

interface Passed extends Pick<ResolveStep, 'round' | 'step' | 'question'> {}

/** Steps that are passed over take milliseconds, or a database is away: then what was so then is so no longer. */
const maxPassMs = 60_000;

/**
 * Steps that are passed over in a row are asked about the same incident at the same instant. Else an alert that joins
 * between the two sides of a branch, or a severity that rises, would take both away, and nobody would be paged.
 */
function likeThoseBefore(
  { round, step, reason, question }: ResolveStep,
  passed: Passed | undefined,
): StepQuestion {
  if (reason !== 'skipped' || passed?.round !== round || passed.step !== step - 1) return question;
  const { atMs, severity, urgency, alertCount } = passed.question;
  return question.atMs - atMs > maxPassMs ? question : { ...question, atMs, severity, urgency, alertCount };
}

/** A step that was delayed is asked about again when it is due anew. */
function nameOf({ round, step, reason, dueMs }: ResolveStep): string {
  return `${round}/${step}/${reason}/${dueMs}`;
}

function answerOf(question: StepQuestion): Promise<StepResolution> {
  const { round, step } = question;
  const summary = `whom step ${step + 1}${round > 0 ? `, round ${round + 1}` : ''} pages`;
  return patiently('until the configuration can be asked', () =>
    resolveStep.executeWithOptions({ ...options, summary }, [question]),
  );
}

/** The question is refused for good: rather the channels that it names, or the fallback, than nobody. */
function withoutPeople({ targets, fallback }: StepQuestion): StepResolution {
  const channels = targets.filter(isChannel);
  const notes = ['whom to page could not be found out'];
  const reached = channels.length > 0 ? channels : fallback;
  if (reached.length === 0) return { kind: 'skip', reason: 'nobody', notes };
  return { kind: 'page', targets: reached, people: [], notes };
}
