import { formatDuration } from '../duration.ts';
import { explainCondition } from './explain-condition.ts';
import type { PolicySnapshot, PolicyStep, PolicyTarget, StepMode, Urgency } from './policy.ts';

/** Durations are as in the configuration: `30s`. What the policy does not say is absent. */
export interface ExplainedPolicy {
  readonly name: string;
  /** Rounds after the first. */
  readonly repeat: number;
  readonly steps: readonly ExplainedStep[];
  readonly urgency?: Urgency;
  readonly ackTimeout?: string;
  readonly remindEvery?: string;
  readonly autoResolve?: string;
  readonly resolveHold?: string;
  readonly reopenAfter?: string;
  readonly maxAge?: string;
  readonly onExhausted?: readonly ExplainedTarget[];
}

export interface ExplainedStep {
  readonly step: number;
  /** From the incident's opening on, if nobody acknowledges and no step before it is skipped. */
  readonly after: string;
  /** Until the next step. */
  readonly wait: string;
  readonly notify: readonly ExplainedTarget[];
  /** Absent means `all`. */
  readonly mode?: StepMode;
  /** What must hold when the step is due, such as `severity: critical`. */
  readonly if?: readonly string[];
  readonly delayUntil?: string;
  readonly roundRobin?: true;
}

/** Who a user or a schedule stands for is known when the step is due, so these have no provider. */
export interface ExplainedTarget {
  readonly target: string;
  readonly provider?: string;
}

/** Whom the first round would page, and when; an incident that gathers alerts first pages that much later. */
export function explainPolicy(policy: PolicySnapshot, groupWaitMs: number): ExplainedPolicy {
  let afterMs = groupWaitMs;
  const steps = policy.steps.map((step, index) => {
    const explained = explainStep(step, index, afterMs);
    afterMs += step.waitMs;
    return explained;
  });
  const { name, repeat, urgency, onExhausted } = policy;
  return {
    name,
    repeat,
    steps,
    ...(urgency !== undefined && { urgency }),
    ...explainTimes(policy),
    ...(onExhausted !== undefined && { onExhausted: onExhausted.map(explainTarget) }),
  };
}

function explainStep(
  { targets, waitMs, mode, when = [], delayUntil, roundRobin }: PolicyStep,
  step: number,
  afterMs: number,
): ExplainedStep {
  return {
    step,
    after: formatDuration(afterMs),
    wait: formatDuration(waitMs),
    notify: targets.map(explainTarget),
    ...(mode !== undefined && { mode }),
    ...(when.length > 0 && { if: when.map(explainCondition) }),
    ...(delayUntil !== undefined && { delayUntil }),
    ...(roundRobin !== undefined && { roundRobin }),
  };
}

function explainTarget(target: PolicyTarget): ExplainedTarget {
  return 'provider' in target ? { target: target.name, provider: target.provider } : { target: target.name };
}

function explainTimes(policy: PolicySnapshot) {
  const times = {
    ackTimeout: policy.ackTimeoutMs,
    remindEvery: policy.remindEveryMs,
    autoResolve: policy.autoResolveMs,
    resolveHold: policy.resolveHoldMs,
    reopenAfter: policy.reopenAfterMs,
    maxAge: policy.maxAgeMs,
  };
  const set = Object.entries(times).flatMap(([name, ms]) =>
    ms === undefined ? [] : [[name, formatDuration(ms)] as const],
  );
  return Object.fromEntries(set);
}
