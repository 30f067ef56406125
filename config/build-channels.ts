import { z } from 'zod';
import type { ChannelConfig } from '../domain/channel/channel.ts';
import type { Target } from '../domain/policy/policy.ts';
import { channelTypeOf, providerSections } from './channels/channel-types.ts';
import type { ChannelChecks, ReadChannel } from './channels/define-channel.ts';
import { type Entry, rawEntries, validPart } from './entries.ts';

/** The channels that are whole; what is wrong with the others, and with the accounts that they share, is told. */
export async function buildChannels(
  document: unknown,
  checks: ChannelChecks,
): Promise<ReadonlyMap<string, ReadChannel>> {
  for (const section of providerSections) await section.read(checks);
  const channels = new Map<string, ReadChannel>();
  for (const entry of rawEntries(document, 'channels')) {
    const channel = await readChannel(entry, checks);
    if (channel !== undefined) channels.set(entry.key, channel);
  }
  return channels;
}

/** A channel of the name that the entry's key says. */
export async function readChannel(
  entry: Entry<unknown>,
  checks: ChannelChecks,
): Promise<ReadChannel | undefined> {
  const type = validPart(entry.value, 'type', z.string());
  return type === undefined ? undefined : channelTypeOf(type)?.read(entry, checks);
}

/** A channel as policies and people name it. */
export function toTarget(kind: Target['kind'], { name, provider, updates }: ChannelConfig): Target {
  const undoable = channelTypeOf(provider)?.undoable;
  return {
    kind,
    name: kind === 'channel' ? `channel:${name}` : name,
    channel: name,
    provider,
    updates,
    ...(undoable && { undoable }),
  };
}
