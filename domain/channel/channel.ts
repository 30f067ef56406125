/** A configured destination of one provider. It holds secrets: never log it, never put it into an event or a workflow argument. */
export type ChannelConfig = {
  readonly name: string;
  /** Whether acknowledgement and resolution are told as well. */
  readonly updates: boolean;
  /** Whether a page of which nobody knows if it arrived is sent again. Default: `resend`. */
  readonly onUnknown?: 'resend' | 'hold';
} & ChannelDestination;

export type ChannelDestination =
  | {
      readonly provider: 'webhook';
      readonly url: string;
      /** One, or two during a rotation; `whsec_` and base64, or raw text. Each signs every request. */
      readonly secrets: readonly string[];
    }
  | {
      readonly provider: 'slack';
      readonly token: string;
      /** The channel's id, such as `C0123456`. */
      readonly channel: string;
      /** Where the Web API is, without a slash at the end: `https://slack.com/api`. */
      readonly apiUrl: string;
      /** Proves that a pressed button comes from Slack; absent: buttons are not answered. */
      readonly signingSecret?: string;
    }
  | {
      readonly provider: 'discord' | 'teams';
      /** The webhook's address, which is its secret. */
      readonly url: string;
    }
  | {
      readonly provider: 'email';
      readonly server: MailServer;
      readonly from: string;
      /** At least one. */
      readonly to: readonly string[];
    }
  | {
      readonly provider: 'twilio_sms' | 'twilio_voice';
      readonly account: TwilioCredentials;
      /** A number in E.164, such as `+4930123456`; of an SMS also a sender's name. */
      readonly from: string;
      readonly to: string;
    }
  | {
      readonly provider: 'telegram';
      readonly token: string;
      /** The chat's id, such as `-1001234567890`, or `@name` of a public channel. */
      readonly chat: string;
      /** Without a slash at the end: `https://api.telegram.org`. */
      readonly apiUrl: string;
    }
  | {
      readonly provider: 'pagerduty';
      readonly routingKey: string;
      /** Without a slash at the end: `https://events.pagerduty.com`. */
      readonly apiUrl: string;
    }
  | { readonly provider: 'console' };

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** From the first byte, by STARTTLS, which is then insisted on, or not at all, which only private addresses allow. */
  readonly tls: 'implicit' | 'starttls' | 'none';
  readonly user?: string;
  readonly password?: string;
}

export interface TwilioCredentials {
  readonly accountSid: string;
  /** The SID of an API key, whose secret `authToken` then is. */
  readonly apiKey?: string;
  readonly authToken: string;
  /** Where the REST API is, without a slash at the end: `https://api.twilio.com`. */
  readonly apiUrl: string;
}

export type Provider = ChannelConfig['provider'];

export const providers = [
  'webhook',
  'slack',
  'discord',
  'teams',
  'email',
  'twilio_sms',
  'twilio_voice',
  'telegram',
  'pagerduty',
  'console',
] as const satisfies readonly Provider[];
