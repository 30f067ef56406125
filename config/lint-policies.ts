import { limits } from '../domain/limits.ts';
import type { Condition, PolicySnapshot } from '../domain/policy/policy.ts';
import { urgencyOf } from '../domain/policy/urgency.ts';
import { type Severity, severities } from '../domain/severity.ts';
import type { TocsinConfig } from './config.ts';
import type { Findings } from './findings.ts';

/** Warns of policies that are valid and still surprise at night. */
export function lintPolicies({ policies }: Pick<TocsinConfig, 'policies'>, findings: Findings): void {
  for (const policy of policies.values()) {
    const path = ['policies', policy.name];
    if (durationOf(policy) > limits.maxWaitMs) {
      findings.warnAtKey([...path, 'repeat'], 'all rounds together take longer than 30d');
    }
    const isAboutPeople = policy.steps.some(({ targets }) => targets.some(({ kind }) => isPerson(kind)));
    if (isAboutPeople && policy.onExhausted === undefined) {
      const reason = 'names people, but there is no on_exhausted and no fallback';
      findings.warnAtKey(path, `${reason}: when nobody is on call, nobody is paged`);
    }
    const never = policy.steps.findIndex(({ when = [] }) => !canHold(when, policy));
    if (never >= 0) {
      const reason = `step ${never}, branches counted through, is never taken: its conditions contradict each other`;
      findings.warnAtKey([...path, 'steps'], reason);
    }
    const silent = severities.filter((severity) => !pages(policy, severity));
    if (silent.length > 0 && policy.onExhausted === undefined) {
      const reason = `pages nobody for incidents of severity ${silent.join(', ')}`;
      findings.warnAtKey([...path, 'steps'], `${reason}: no step is for them, and there is no fallback`);
    }
    if (policy.urgency === 'high' && policy.steps.some(({ delayUntil }) => delayUntil !== undefined)) {
      const reason = 'is high for every incident of this policy, so that delay_until changes nothing';
      findings.warnAtKey([...path, 'urgency'], reason);
    }
  }
}

function pages(policy: PolicySnapshot, severity: Severity): boolean {
  const known: readonly Condition[] = [
    { kind: 'severity', in: [severity] },
    { kind: 'urgency', is: urgencyOf(severity, policy) },
  ];
  return policy.steps.some(({ when = [] }) => canHold([...when, ...known], policy));
}

function isPerson(kind: string): boolean {
  return kind === 'user' || kind === 'schedule';
}

function durationOf({ steps, repeat }: PolicySnapshot): number {
  return steps.reduce((sum, { waitMs }) => sum + waitMs, 0) * (repeat + 1);
}

/** Finds contradictions that a nested branch makes easily; what it takes for possible may still never happen. */
function canHold(when: readonly Condition[], { urgency }: PolicySnapshot): boolean {
  const asked = urgency === undefined ? when : [...when, { kind: 'urgency', is: urgency } as const];
  const known = new Set(asked.map(textOf));
  const isContradicted = asked.some((condition) => {
    if (condition.kind === 'hours') return known.has(textOf({ ...condition, within: !condition.within }));
    if (condition.kind === 'urgency')
      return asked.some((other) => other.kind === 'urgency' && other.is !== condition.is);
    return condition.kind === 'not' && condition.of.every((each) => known.has(textOf(each)));
  });
  return !isContradicted && severitiesLeft(asked).length > 0;
}

function severitiesLeft(when: readonly Condition[]): readonly string[] {
  return severities.filter((severity) =>
    when.every((condition) => {
      if (condition.kind === 'severity') return condition.in.includes(severity);
      const [only, ...others] = condition.kind === 'not' ? condition.of : [];
      const isExcluded = only?.kind === 'severity' && others.length === 0 && only.in.includes(severity);
      return !isExcluded;
    }),
  );
}

function textOf(condition: Condition): string {
  return JSON.stringify(condition);
}
