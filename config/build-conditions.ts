import { formatMatcher } from '../domain/matcher/matcher.ts';
import type { Condition } from '../domain/policy/policy.ts';
import type { TimeIntervals } from './build-time-intervals.ts';
import { type Checks, durationBounds, readDuration } from './checks.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Path } from './problem.ts';
import { readMatchers } from './read-matchers.ts';
import type { ConditionInput } from './schema/policies.ts';

export interface ConditionChecks extends Checks {
  readonly intervals: TimeIntervals;
}

/** What `if` asks, one condition for each of its keys; `path` is where it stands. */
export function buildConditions(
  input: ConditionInput,
  path: Path,
  checks: ConditionChecks,
): readonly Condition[] {
  const { severity, urgency, match, hours, outside_hours: outside, alerts, open_for: openFor } = input;
  const conditions: Condition[] = [];
  if (severity !== undefined) conditions.push({ kind: 'severity', in: [...new Set(severity)] });
  if (urgency !== undefined) conditions.push({ kind: 'urgency', is: urgency });
  if (match !== undefined) {
    const matchers = readMatchers(match, [...path, 'match'], checks) ?? [];
    conditions.push({ kind: 'labels', match: matchers.map(formatMatcher) });
  }
  for (const [key, name] of Object.entries({ hours, outside_hours: outside })) {
    if (name === undefined) continue;
    checkHours(name, [...path, key], checks);
    conditions.push({ kind: 'hours', name, within: key === 'hours' });
  }
  if (alerts !== undefined) conditions.push({ kind: 'alerts', atLeast: alerts });
  if (openFor !== undefined) {
    const atLeastMs = readDuration(openFor, [...path, 'open_for'], { ...checks, ...durationBounds.openFor });
    conditions.push({ kind: 'open_for', atLeastMs });
  }
  return conditions;
}

/** Tells when nothing defines the time interval that a policy names. */
export function checkHours(
  name: string,
  path: Path,
  { intervals, findings }: Pick<ConditionChecks, 'intervals' | 'findings'>,
): void {
  if (intervals.names.includes(name)) return;
  findings.error(path, `there is no time interval of this name${didYouMean(name, intervals.names)}`);
}
