import type { ChannelConfig } from '../domain/channel/channel.ts';
import { unreachable } from '../domain/never.ts';
import type { Notifier } from '../domain/policy/notification.ts';
import { createConsoleNotifier } from './console/console-notifier.ts';
import { createDiscordNotifier } from './discord/discord-notifier.ts';
import { createEmailNotifier } from './email/email-notifier.ts';
import type { SmtpClient } from './email/smtp-client.ts';
import type { GuardedHttpClient } from './http/guarded-http-client.ts';
import { createPagerdutyNotifier } from './pagerduty/pagerduty-notifier.ts';
import { createSlackNotifier } from './slack/slack-notifier.ts';
import { createTeamsNotifier } from './teams/teams-notifier.ts';
import { createTelegramNotifier } from './telegram/telegram-notifier.ts';
import { createTwilioSmsNotifier } from './twilio/twilio-sms-notifier.ts';
import { createTwilioVoiceNotifier } from './twilio/twilio-voice-notifier.ts';
import { createWebhookNotifier } from './webhook/webhook-notifier.ts';

export interface NotifierDeps {
  readonly http: GuardedHttpClient;
  /** For mail alone. */
  readonly smtp?: SmtpClient;
  /** Takes one line of a terminal, without its end. */
  readonly write: (line: string) => void;
  readonly now: () => number;
  /** Where tocsin's API is reached from outside, for links in messages. */
  readonly publicUrl?: string;
}

/** The provider's notifier for one configured channel. @throws TocsinError `invalid_config` for unusable secrets. */
export function createNotifier(channel: ChannelConfig, deps: NotifierDeps): Notifier {
  const { http, write, now, publicUrl } = deps;
  const { onUnknown = 'resend' } = channel;
  const incidentUrlOf = (incidentId: string) =>
    publicUrl === undefined
      ? undefined
      : `${publicUrl.replace(/\/+$/, '')}/v1/incidents/${encodeURIComponent(incidentId)}`;
  switch (channel.provider) {
    case 'webhook': {
      const { name, url, secrets } = channel;
      return createWebhookNotifier({ name, url, secrets, onUnknown, http, now, incidentUrlOf });
    }
    case 'slack': {
      const { token, channel: channelId, apiUrl } = channel;
      const hasButtons = channel.signingSecret !== undefined;
      const slack = { token, channel: channelId, apiUrl, hasButtons, onUnknown };
      return createSlackNotifier({ ...slack, http, now, incidentUrlOf });
    }
    case 'email': {
      if (deps.smtp === undefined) throw new Error('mail channels need a client for SMTP');
      const { server, from, to } = channel;
      return createEmailNotifier({ server, from, to, onUnknown, smtp: deps.smtp, now, incidentUrlOf });
    }
    case 'twilio_sms':
    case 'twilio_voice': {
      const { account: credentials, from, to } = channel;
      const create = channel.provider === 'twilio_sms' ? createTwilioSmsNotifier : createTwilioVoiceNotifier;
      return create({ credentials, from, to, onUnknown, http, now });
    }
    case 'telegram': {
      const { token, chat, apiUrl } = channel;
      return createTelegramNotifier({ token, chat, apiUrl, onUnknown, http, now, incidentUrlOf });
    }
    case 'pagerduty': {
      const { name, routingKey, apiUrl } = channel;
      return createPagerdutyNotifier({ name, routingKey, apiUrl, onUnknown, http, now, incidentUrlOf });
    }
    case 'discord':
      return createDiscordNotifier({ url: channel.url, onUnknown, http, now });
    case 'teams':
      return createTeamsNotifier({ name: channel.name, url: channel.url, onUnknown, http, now });
    case 'console':
      return createConsoleNotifier({ write, onUnknown });
    default:
      return unreachable(channel);
  }
}
