/** A configured destination of one provider. It holds secrets: never log it, never put it into an event or a workflow argument. */
export type ChannelConfig = {
  readonly name: string;
  /** Whether acknowledgement and resolution are told as well. */
  readonly updates: boolean;
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
    }
  | { readonly provider: 'console' };

export type Provider = ChannelConfig['provider'];

export const providers = ['webhook', 'slack', 'console'] as const satisfies readonly Provider[];
