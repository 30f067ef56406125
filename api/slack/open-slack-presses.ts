import type { TocsinConfig } from '../../config/config.ts';
import { createGuardedClients } from '../../notifiers/http/guarded-clients.ts';
import { createSlackReplies } from '../../notifiers/slack/slack-replies.ts';
import { createSlackPresses, type SlackPresses, type SlackPressesDeps } from './slack-presses.ts';

export interface OpenSlackPressesDeps extends Omit<SlackPressesDeps, 'replies'> {
  /** The configuration in force. */
  readonly config: () => Pick<TocsinConfig, 'channels' | 'outbound'>;
}

export interface OpenSlackPresses extends SlackPresses {
  /** Of all configured channels, now. */
  signingSecrets(): readonly string[];
}

/** Presses of buttons in Slack under the configuration in force, with a way out of their own for answers. */
export function openSlackPresses({ config, ...deps }: OpenSlackPressesDeps): OpenSlackPresses {
  const clients = createGuardedClients(deps.logger);
  const slackChannels = () =>
    [...config().channels.values()].filter((channel) => channel.provider === 'slack');
  const replies = createSlackReplies({
    http: () => clients.get(config().outbound.allowPrivate),
    apiUrls: () => slackChannels().map(({ apiUrl }) => apiUrl),
    logger: deps.logger,
  });
  const presses = createSlackPresses({ ...deps, replies });
  return {
    take: presses.take,
    signingSecrets() {
      const secrets = slackChannels().flatMap(({ signingSecret }) => signingSecret ?? []);
      return [...new Set(secrets)];
    },
    async close() {
      await presses.close();
      clients.close();
    },
  };
}
