import type { ChannelConfig } from '../domain/channel/channel.ts';
import { unreachable } from '../domain/never.ts';
import type { Notifier } from '../domain/policy/notification.ts';
import { createConsoleNotifier } from './console/console-notifier.ts';
import type { GuardedHttpClient } from './http/guarded-http-client.ts';
import { createSlackNotifier } from './slack/slack-notifier.ts';
import { createWebhookNotifier } from './webhook/webhook-notifier.ts';

export interface NotifierDeps {
  readonly http: GuardedHttpClient;
  /** Takes one line of a terminal, without its end. */
  readonly write: (line: string) => void;
  readonly now: () => number;
  /** Where tocsin's API is reached from outside, for links in messages. */
  readonly publicUrl?: string;
}

/** The provider's notifier for one configured channel. @throws TocsinError `invalid_config` for unusable secrets. */
export function createNotifier(channel: ChannelConfig, deps: NotifierDeps): Notifier {
  const { http, write, now, publicUrl } = deps;
  const incidentUrlOf = (incidentId: string) =>
    publicUrl === undefined
      ? undefined
      : `${publicUrl.replace(/\/+$/, '')}/v1/incidents/${encodeURIComponent(incidentId)}`;
  switch (channel.provider) {
    case 'webhook':
      return createWebhookNotifier({ url: channel.url, secrets: channel.secrets, http, now, incidentUrlOf });
    case 'slack': {
      const { token, channel: channelId, apiUrl } = channel;
      return createSlackNotifier({ token, channel: channelId, apiUrl, http, now, incidentUrlOf });
    }
    case 'console':
      return createConsoleNotifier({ write });
    default:
      return unreachable(channel);
  }
}
