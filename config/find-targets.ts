import type { ChannelConfig } from '../domain/channel/channel.ts';
import type { PolicyTarget, Target } from '../domain/policy/policy.ts';
import { toTarget } from './build-channels.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Findings } from './findings.ts';
import type { Path } from './problem.ts';

/** What targets may name. The names are also of what is broken: that is told of by itself. */
export interface TargetNames {
  readonly channels: ReadonlyMap<string, ChannelConfig>;
  readonly channelNames: ReadonlySet<string>;
  readonly userNames: ReadonlySet<string>;
  readonly scheduleNames: ReadonlySet<string>;
  readonly findings: Findings;
}

const forms = 'must be written channel:NAME, user:NAME or schedule:NAME';

/** The targets that a list of texts names; what names nothing, or stands twice, is told. */
export function findTargets(
  texts: readonly string[],
  path: Path,
  names: TargetNames,
): readonly PolicyTarget[] {
  return texts.flatMap((text, index) => {
    const place = [...path, index];
    const target = findTarget(text, place, names);
    if (texts.indexOf(text) < index) names.findings.error(place, 'is listed twice in this step');
    return target === undefined ? [] : [target];
  });
}

/** The same where only channels may stand: who is paged last must not depend on who is on call. */
export function findChannels(texts: readonly string[], path: Path, names: TargetNames): readonly Target[] {
  return texts.flatMap((text, index) => {
    const place = [...path, index];
    if (texts.indexOf(text) < index) names.findings.error(place, 'is listed twice');
    if (/^(?:user|schedule):/.test(text)) {
      names.findings.error(place, 'must be a channel, which is there whoever is on call');
      return [];
    }
    const target = findTarget(text, place, names);
    return target?.kind === 'channel' ? [target] : [];
  });
}

function findTarget(text: string, path: Path, names: TargetNames): PolicyTarget | undefined {
  const { channels, channelNames, userNames, scheduleNames, findings } = names;
  const [, kind, name] = /^([a-z_]+):(.*)$/s.exec(text) ?? [];
  if (name === undefined) {
    findings.error(path, forms);
    return undefined;
  }
  switch (kind) {
    case 'channel': {
      if (!isKnown('channel', channelNames)) return undefined;
      const channel = channels.get(name);
      return channel && toTarget('channel', channel);
    }
    case 'user':
      return isKnown('user', userNames) ? { kind, name: text, user: name } : undefined;
    case 'schedule':
      return isKnown('schedule', scheduleNames) ? { kind, name: text, schedule: name } : undefined;
    default:
      findings.error(path, forms);
      return undefined;
  }

  function isKnown(what: string, known: ReadonlySet<string>): boolean {
    if (name !== undefined && known.has(name)) return true;
    findings.error(path, `there is no ${what} of this name${didYouMean(name ?? '', known)}`);
    return false;
  }
}
