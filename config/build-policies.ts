import type { ChannelConfig } from '../domain/channel/channel.ts';
import { parseDuration } from '../domain/duration.ts';
import { limits } from '../domain/limits.ts';
import type { PolicySnapshot, PolicyStep, Target } from '../domain/policy/policy.ts';
import { didYouMean } from './did-you-mean.ts';
import { rawEntries, validEntries, validPart } from './entries.ts';
import type { Findings } from './findings.ts';
import type { Path } from './problem.ts';
import { policySchema, type StepInput, stepSchema } from './schema/policies.ts';

export interface PolicyContext {
  readonly channels: ReadonlyMap<string, ChannelConfig>;
  readonly findings: Findings;
}

interface StepContext extends PolicyContext {
  /** Also of the channels that are broken: those are told of by themselves. */
  readonly channelNames: ReadonlySet<string>;
}

/** The policies with their targets resolved to channels; `configVersion` is 0 until the configuration is registered. */
export function buildPolicies(
  document: unknown,
  context: PolicyContext,
): ReadonlyMap<string, PolicySnapshot> {
  const channelNames = new Set(rawEntries(document, 'channels').map(({ key }) => key));
  const stepContext = { ...context, channelNames };
  const policies = rawEntries(document, 'policies').map(({ path, key: name, value }) => {
    const steps = validEntries(value, 'steps', stepSchema).map((step) =>
      buildStep(step.value, [...path, ...step.path], stepContext),
    );
    const repeat = validPart(value, 'repeat', policySchema.shape.repeat) ?? 0;
    return [name, { name, configVersion: 0, repeat, steps }] as const;
  });
  return new Map(policies);
}

function buildStep(step: StepInput, path: Path, context: StepContext): PolicyStep {
  const seen = new Set<string>();
  const targets = step.notify.flatMap((text, index) => {
    const target = findTarget(text, [...path, 'notify', index], context);
    if (seen.has(text)) context.findings.error([...path, 'notify', index], 'is listed twice in this step');
    seen.add(text);
    return target === undefined ? [] : [target];
  });
  return { targets, waitMs: readWait(step.wait, [...path, 'wait'], context.findings) };
}

function findTarget(
  text: string,
  path: Path,
  { channels, channelNames, findings }: StepContext,
): Target | undefined {
  const [, kind, name] = /^([a-z_]+):(.*)$/s.exec(text) ?? [];
  if (kind === undefined || name === undefined) {
    findings.error(path, 'must be written channel:NAME');
  } else if (kind !== 'channel') {
    findings.error(path, 'only channel: targets exist');
  } else if (!channelNames.has(name)) {
    findings.error(path, `there is no channel of this name${didYouMean(name, channelNames)}`);
  } else {
    const channel = channels.get(name);
    if (channel !== undefined) return toTarget(channel);
  }
  return undefined;
}

function toTarget({ name, provider, updates }: ChannelConfig): Target {
  return { kind: 'channel', name: `channel:${name}`, channel: name, provider, updates };
}

function readWait(text: string, path: Path, findings: Findings): number {
  const waitMs = parseDuration(text) ?? 0;
  if (waitMs === 0) findings.error(path, 'must be longer than zero');
  if (waitMs > limits.maxWaitMs) findings.error(path, 'must be at most 30d');
  return waitMs;
}
