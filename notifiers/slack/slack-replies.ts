import { limits } from '../../domain/limits.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { GuardedHttpClient } from '../http/guarded-http-client.ts';
import { slackText } from './slack-text.ts';

export interface SlackRepliesOptions {
  /** The way out under the configuration in force. */
  readonly http: () => GuardedHttpClient;
  /** Where Slack's Web API is, of every channel that is configured. */
  readonly apiUrls: () => readonly string[];
  readonly logger: Pick<Logger, 'warn'>;
}

/** Slack's own host for answers to presses of buttons. */
const hooksOrigin = 'https://hooks.slack.com';

/**
 * Answers to whoever pressed a button, shown to nobody else. The address comes with the press, so it must be Slack's or
 * that of a configured Web API: tocsin posts nowhere else on anybody's word. Never rejects.
 */
export function createSlackReplies({ http, apiUrls, logger }: SlackRepliesOptions) {
  return {
    async reply(responseUrl: string, text: string): Promise<void> {
      const origin = URL.parse(responseUrl)?.origin;
      const allowed = [hooksOrigin, ...apiUrls().map((url) => URL.parse(url)?.origin)];
      if (origin === undefined || origin === 'null' || !allowed.includes(origin)) {
        logger.warn({}, 'the address for an answer to a pressed button is not of Slack');
        return;
      }
      const result = await http().post({
        url: responseUrl,
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify({
          response_type: 'ephemeral',
          replace_original: false,
          text: slackText(text, 300),
        }),
        signal: AbortSignal.timeout(limits.slackReplyTimeoutMs),
      });
      if (result.kind === 'response' && result.status < 300) return;
      const reason = result.kind === 'response' ? `answered ${result.status}` : result.reason;
      logger.warn({ reason }, 'an answer to a pressed button was not taken');
    },
  };
}
