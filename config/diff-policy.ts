import type { ExplainedPolicy, ExplainedStep, ExplainedTarget } from '../domain/policy/explain-policy.ts';

/** What another configuration would change for an incident that opens under it. */
export interface PolicyDiff {
  readonly name: string;
  readonly same: boolean;
  /** What is said for the whole policy; `null` where it says nothing. */
  readonly settings: readonly {
    readonly name: string;
    readonly from: string | null;
    readonly to: string | null;
  }[];
  /** In the order of both; numbers are those of the policy that has the step. */
  readonly steps: readonly StepChange[];
}

export interface StepChange {
  readonly change: 'removed' | 'added';
  readonly step: number;
  readonly text: string;
}

const settingNames = [
  'urgency',
  'ackTimeout',
  'remindEvery',
  'autoResolve',
  'resolveHold',
  'reopenAfter',
  'maxAge',
] as const satisfies readonly (keyof ExplainedPolicy)[];

/** Either may be absent: there is no such policy then. */
export function diffPolicies(
  name: string,
  before: ExplainedPolicy | undefined,
  after: ExplainedPolicy | undefined,
): PolicyDiff {
  const [old, young] = [allOf(before), allOf(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(young)])];
  const settings = names
    .filter((setting) => old[setting] !== young[setting])
    .map((setting) => ({ name: setting, from: old[setting] ?? null, to: young[setting] ?? null }));
  const steps = diffSteps(before?.steps ?? [], after?.steps ?? []);
  return { name, same: settings.length === 0 && steps.length === 0, settings, steps };
}

function allOf(policy: ExplainedPolicy | undefined): Readonly<Record<string, string>> {
  return policy === undefined ? {} : { exists: 'yes', ...settingsOf(policy) };
}

/** What the policy says besides its steps, in the words of the configuration's reader. */
export function settingsOf(policy: ExplainedPolicy): Readonly<Record<string, string>> {
  const { repeat, onExhausted = [] } = policy;
  const given = settingNames.flatMap((name) => {
    const value = policy[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...(repeat > 0 && { repeat: String(repeat) }),
    ...Object.fromEntries(given),
    ...(onExhausted.length > 0 && { onExhausted: targetsText(onExhausted) }),
  };
}

/** Steps that are the same, in the same order, are kept: as many as possible. */
function diffSteps(before: readonly ExplainedStep[], after: readonly ExplainedStep[]): readonly StepChange[] {
  const [old, young] = [before.map(stepText), after.map(stepText)];
  const common = lengthsOfCommon(old, young);
  const changes: StepChange[] = [];
  let [left, right] = [0, 0];
  while (left < old.length || right < young.length) {
    const [from, to] = [old[left], young[right]];
    if (from !== undefined && from === to) {
      left += 1;
      right += 1;
    } else if (
      from !== undefined &&
      (to === undefined || at(common, left + 1, right) >= at(common, left, right + 1))
    ) {
      changes.push({ change: 'removed', step: left, text: from });
      left += 1;
    } else {
      changes.push({ change: 'added', step: right, text: to ?? '' });
      right += 1;
    }
  }
  return changes;
}

/** For each pair of places, how many texts the rests of both lists have in common, in order. */
function lengthsOfCommon(old: readonly string[], young: readonly string[]): readonly (readonly number[])[] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Array<number>(young.length + 1).fill(0));
  for (let left = old.length - 1; left >= 0; left -= 1) {
    const row = lengths[left] ?? [];
    for (let right = young.length - 1; right >= 0; right -= 1) {
      const isSame = old[left] === young[right];
      row[right] = isSame
        ? at(lengths, left + 1, right + 1) + 1
        : Math.max(at(lengths, left + 1, right), at(lengths, left, right + 1));
    }
  }
  return lengths;
}

function at(lengths: readonly (readonly number[])[], left: number, right: number): number {
  return lengths[left]?.[right] ?? 0;
}

/** One line, such as `channel:ops (slack), wait 5m, if at least 10 alerts`. */
export function stepText({
  notify,
  wait,
  mode,
  if: conditions,
  delayUntil,
  roundRobin,
}: ExplainedStep): string {
  return [
    targetsText(notify),
    `wait ${wait}`,
    ...(mode === undefined ? [] : [mode.replaceAll('_', ' ')]),
    ...(roundRobin ? ['one in turn'] : []),
    ...(delayUntil === undefined ? [] : [`delayed until ${delayUntil}`]),
    ...(conditions === undefined ? [] : [`if ${conditions.join(' and ')}`]),
  ].join(', ');
}

export function targetsText(targets: readonly ExplainedTarget[]): string {
  return targets
    .map(({ target, provider }) => (provider === undefined ? target : `${target} (${provider})`))
    .join(' and ');
}
