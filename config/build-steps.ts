import { parseDuration } from '../domain/duration.ts';
import { limits } from '../domain/limits.ts';
import type { Condition, PolicyStep } from '../domain/policy/policy.ts';
import { buildConditions, type ConditionChecks, checkHours } from './build-conditions.ts';
import { validEntries, validPart } from './entries.ts';
import { findTargets, type TargetNames } from './find-targets.ts';
import type { Findings } from './findings.ts';
import type { Path } from './problem.ts';
import { conditionSchema, type StepInput, stepEntrySchema } from './schema/policies.ts';

export interface StepChecks extends ConditionChecks, TargetNames {}

/** Where a list of steps stands, and what the branches around it ask. */
interface Level {
  readonly path: Path;
  readonly when: readonly Condition[];
}

const branchKeys = ['then', 'else'] as const;
const pageKeys = ['notify', 'wait', 'mode', 'round_robin', 'delay_until'] as const;

/**
 * The steps in a row, without branches: those of `then` ask what `if` asks, those of `else` that not all of it holds.
 * So each step is decided by itself, when it is due.
 */
export function buildSteps(
  parent: unknown,
  section: 'steps' | (typeof branchKeys)[number],
  level: Level,
  checks: StepChecks,
): readonly PolicyStep[] {
  return validEntries(parent, section, stepEntrySchema).flatMap(({ path: place, value }) => {
    const path = [...level.path, ...place];
    const condition = validPart(value, 'if', conditionSchema);
    const asked = condition === undefined ? [] : buildConditions(condition, [...path, 'if'], checks);
    if (branchKeys.every((key) => value[key] === undefined)) {
      return [buildPage(value, { path, when: [...level.when, ...asked] }, checks)];
    }
    checkBranch(value, path, checks.findings);
    const otherwise: Condition = { kind: 'not', of: asked };
    return [
      ...buildSteps(value, 'then', { path, when: [...level.when, ...asked] }, checks),
      ...buildSteps(value, 'else', { path, when: [...level.when, otherwise] }, checks),
    ];
  });
}

function checkBranch(value: StepInput, path: Path, findings: Findings): void {
  for (const key of pageKeys) {
    if (value[key] !== undefined) {
      findings.errorAtKey([...path, key], 'cannot stand beside then and else; put it into their steps');
    }
  }
  if (value.then === undefined) findings.error(path, 'has else without then');
  if (value.if === undefined) findings.error([...path, 'if'], 'is missing; a branch needs a condition');
}

function buildPage(
  { notify, wait, mode, round_robin: roundRobin, delay_until: delayUntil }: StepInput,
  { path, when }: Level,
  checks: StepChecks,
): PolicyStep {
  const { findings } = checks;
  if (notify === undefined && wait === undefined) {
    findings.error(path, 'must have notify and wait, or if and then');
  } else if (notify === undefined) {
    findings.error([...path, 'notify'], 'is missing; a list is expected');
  } else if (wait === undefined) {
    findings.error([...path, 'wait'], 'is missing; a text is expected');
  }
  if (delayUntil !== undefined) checkHours(delayUntil, [...path, 'delay_until'], checks);
  if (roundRobin && notify?.every((text) => text.startsWith('channel:'))) {
    findings.error([...path, 'round_robin'], 'needs a user or a schedule among the targets');
  }
  return {
    targets: findTargets(notify ?? [], [...path, 'notify'], checks),
    waitMs: wait === undefined ? 0 : readWait(wait, [...path, 'wait'], findings),
    ...(mode !== undefined && mode !== 'all' && { mode }),
    ...(when.length > 0 && { when }),
    ...(delayUntil !== undefined && { delayUntil }),
    ...(roundRobin && { roundRobin }),
  };
}

function readWait(text: string, path: Path, findings: Findings): number {
  const waitMs = parseDuration(text) ?? 0;
  if (waitMs === 0) findings.error(path, 'must be longer than zero');
  if (waitMs > limits.maxWaitMs) findings.error(path, 'must be at most 30d');
  return waitMs;
}
