import { breathe } from './breathe.ts';
import { buildChannels } from './build-channels.ts';
import { buildPolicies } from './build-policies.ts';
import { buildSchedules } from './build-schedules.ts';
import type { TimeIntervals } from './build-time-intervals.ts';
import { buildUsers } from './build-users.ts';
import type { ChannelChecks, ReadChannel } from './channels/define-channel.ts';
import type { TocsinConfig } from './config.ts';
import { rawEntries } from './entries.ts';

export interface EscalationChecks extends ChannelChecks {
  readonly intervals: TimeIntervals;
}

/** Who is paged, how, and when. */
export interface Escalation extends Pick<TocsinConfig, 'channels' | 'users' | 'schedules' | 'policies'> {
  /** What of each channel is no secret, for the hash. */
  readonly identities: ReadonlyMap<string, ReadChannel['identity']>;
}

export async function buildEscalation(document: unknown, checks: EscalationChecks): Promise<Escalation> {
  const configured = await buildChannels(document, checks);
  await breathe();
  const people = await buildUsers(document, checks);
  await breathe();
  const built = [...configured, ...people.contacts];
  const channels = new Map(built.map(([name, { config }]) => [name, config]));
  const schedules = buildSchedules(document, { users: people.names, findings: checks.findings });
  const policies = buildPolicies(document, {
    ...checks,
    channels,
    channelNames: keysOf(document, 'channels'),
    userNames: people.names,
    scheduleNames: keysOf(document, 'schedules'),
  });
  await breathe();
  const identities = new Map(built.map(([name, { identity }]) => [name, identity]));
  return { channels, identities, users: people.users, schedules, policies };
}

function keysOf(document: unknown, section: string): ReadonlySet<string> {
  return new Set(rawEntries(document, section).map(({ key }) => key));
}
