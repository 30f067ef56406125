/**
 * Every type of channel, and every account that channels share. A new type is one file beside this one, made with
 * `defineChannel`; one line in `channelTypes`; its destination in `domain/channel/channel.ts`; and its notifier in
 * `notifiers/create-notifiers.ts`. Schema, reference, checks, contacts of users and the hash follow from that.
 */
import { consoleChannel } from './console.ts';
import type { ChannelType } from './define-channel.ts';
import type { ProviderSection } from './define-provider.ts';
import { discordChannel } from './discord.ts';
import { emailChannel } from './email.ts';
import { pagerdutyChannel } from './pagerduty.ts';
import { slackChannel } from './slack.ts';
import { smtpAccount } from './smtp-account.ts';
import { teamsChannel } from './teams.ts';
import { telegramChannel } from './telegram.ts';
import { telegramAccount } from './telegram-account.ts';
import { twilioAccount } from './twilio-account.ts';
import { twilioSmsChannel } from './twilio-sms.ts';
import { twilioVoiceChannel } from './twilio-voice.ts';
import { webhookChannel } from './webhook.ts';

/** In the order in which problems and the reference name them. */
export const channelTypes = [
  webhookChannel,
  slackChannel,
  emailChannel,
  twilioSmsChannel,
  twilioVoiceChannel,
  telegramChannel,
  pagerdutyChannel,
  discordChannel,
  teamsChannel,
  consoleChannel,
] as const satisfies readonly ChannelType[];

/** The keys of `providers`. */
export const providerSections: readonly ProviderSection[] = [smtpAccount, twilioAccount, telegramAccount];

const byType: ReadonlyMap<string, ChannelType> = new Map(channelTypes.map((each) => [each.type, each]));

export function channelTypeOf(type: string): ChannelType | undefined {
  return byType.get(type);
}
