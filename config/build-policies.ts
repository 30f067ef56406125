import { limits } from '../domain/limits.ts';
import type { PolicySnapshot, Target } from '../domain/policy/policy.ts';
import { buildSteps, type StepChecks } from './build-steps.ts';
import { durationBounds, readDuration } from './checks.ts';
import { type Entry, rawEntries, validPart } from './entries.ts';
import { findChannels } from './find-targets.ts';
import { policySchema, policyTimes, targets } from './schema/policies.ts';

/** The policies as data, branches made into conditions; `configVersion` is 0 until the configuration is registered. */
export function buildPolicies(document: unknown, checks: StepChecks): ReadonlyMap<string, PolicySnapshot> {
  const texts = validPart(document, 'fallback', targets);
  const fallback = texts && findChannels(texts, ['fallback'], checks);
  return new Map(
    rawEntries(document, 'policies').map((entry) => [entry.key, buildPolicy(entry, fallback, checks)]),
  );
}

function buildPolicy(
  entry: Entry<unknown>,
  fallback: readonly Target[] | undefined,
  checks: StepChecks,
): PolicySnapshot {
  const { path, key: name, value } = entry;
  const steps = buildSteps(value, 'steps', { path, when: [] }, checks);
  if (steps.length > limits.maxPolicySteps) {
    checks.findings.error(
      [...path, 'steps'],
      `must have at most ${limits.maxPolicySteps} steps, those of branches counted`,
    );
  }
  const urgency = validPart(value, 'urgency', policySchema.shape.urgency);
  const lastResort = validPart(value, 'on_exhausted', targets);
  const onExhausted = lastResort ? findChannels(lastResort, [...path, 'on_exhausted'], checks) : fallback;
  return {
    name,
    configVersion: 0,
    repeat: validPart(value, 'repeat', policySchema.shape.repeat) ?? 0,
    steps,
    ...(urgency !== undefined && { urgency }),
    ...readTimes(entry, checks),
    ...(onExhausted !== undefined && { onExhausted }),
  };
}

type Times = Pick<
  PolicySnapshot,
  'ackTimeoutMs' | 'remindEveryMs' | 'autoResolveMs' | 'resolveHoldMs' | 'reopenAfterMs' | 'maxAgeMs'
>;

const timeFields = {
  ack_timeout: 'ackTimeoutMs',
  remind_every: 'remindEveryMs',
  auto_resolve: 'autoResolveMs',
  resolve_hold: 'resolveHoldMs',
  reopen_after: 'reopenAfterMs',
  max_age: 'maxAgeMs',
} as const satisfies Record<keyof typeof policyTimes, keyof Times>;

function readTimes({ path, value }: Entry<unknown>, { findings }: StepChecks): Times {
  const times = Object.entries(timeFields).flatMap(([key, field]) => {
    const text = validPart(value, key, policyTimes[key as keyof typeof policyTimes]);
    if (text === undefined) return [];
    return [[field, readDuration(text, [...path, key], { findings, ...durationBounds.policyTime })] as const];
  });
  return Object.fromEntries(times);
}
