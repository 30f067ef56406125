import type { TwilioCredentials } from '../../domain/channel/channel.ts';
import type { Notifier } from '../../domain/policy/notification.ts';
import { accountOfUrl } from '../http/account-of-url.ts';
import type { GuardedHttpClient } from '../http/guarded-http-client.ts';
import { createTwilioAccount } from './twilio-account.ts';
import { readTwilioReply } from './twilio-reply.ts';
import { twimlOf } from './twiml.ts';

export interface TwilioVoiceNotifierOptions {
  readonly credentials: TwilioCredentials;
  /** A number in E.164. */
  readonly from: string;
  /** A number in E.164. */
  readonly to: string;
  readonly onUnknown: Notifier['onUnknown'];
  readonly http: GuardedHttpClient;
  readonly now: () => number;
}

/**
 * Calls a phone and reads the page out. Twilio knows no idempotency key and does not show what a call was to say: where
 * an outcome is not known, it calls again.
 */
export function createTwilioVoiceNotifier(options: TwilioVoiceNotifierOptions): Notifier {
  const { credentials, from, to, http, now, onUnknown } = options;
  const account = createTwilioAccount(credentials, http);
  return {
    provider: 'twilio_voice',
    account: accountOfUrl(credentials.apiUrl),
    isIdempotent: false,
    onUnknown,
    canUndo: false,
    async send(request, { signal }) {
      if (request.kind === 'undo') return { outcome: 'rejected', reason: 'a call cannot be taken back' };
      const nowMs = now();
      const result = await account.create('Calls', { To: to, From: from, Twiml: twimlOf(request) }, signal);
      return readTwilioReply(result, { nowMs, key: request.key });
    },
  };
}
