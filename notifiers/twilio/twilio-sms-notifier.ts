import type { TwilioCredentials } from '../../domain/channel/channel.ts';
import type { Notifier, SendResult } from '../../domain/policy/notification.ts';
import { accountOfUrl } from '../http/account-of-url.ts';
import type { GuardedHttpClient } from '../http/guarded-http-client.ts';
import { findSms, messagesLookedAt } from './find-sms.ts';
import { smsReference, smsText } from './sms-text.ts';
import { createTwilioAccount } from './twilio-account.ts';
import { readTwilioReply } from './twilio-reply.ts';

export interface TwilioSmsNotifierOptions {
  readonly credentials: TwilioCredentials;
  /** A number in E.164, or a sender's name. */
  readonly from: string;
  /** A number in E.164. */
  readonly to: string;
  readonly onUnknown: Notifier['onUnknown'];
  readonly http: GuardedHttpClient;
  readonly now: () => number;
}

/**
 * Sends an SMS. Twilio knows no idempotency key; the text ends with a reference of ours, by which a message that may
 * have arrived is looked up before it is sent again.
 */
export function createTwilioSmsNotifier(options: TwilioSmsNotifierOptions): Notifier {
  const { credentials, from, to, http, now, onUnknown } = options;
  const account = createTwilioAccount(credentials, http);

  async function lookUp(key: string, signal: AbortSignal): Promise<SendResult | undefined> {
    const filter = { To: to, PageSize: String(messagesLookedAt) };
    const found = findSms(await account.list('Messages', filter, signal), smsReference(key));
    switch (found.kind) {
      case 'found':
        return { outcome: 'delivered', providerId: found.sid };
      case 'unanswered':
        return { outcome: 'retry', reason: 'twilio could not say whether it has the message' };
      case 'none':
        return undefined;
    }
  }

  return {
    provider: 'twilio_sms',
    account: accountOfUrl(credentials.apiUrl),
    isIdempotent: false,
    onUnknown,
    canUndo: false,
    async send(request, { signal, mayHaveArrived }) {
      if (request.kind === 'undo') return { outcome: 'rejected', reason: 'an SMS cannot be taken back' };
      const known = mayHaveArrived ? await lookUp(request.key, signal) : undefined;
      if (known !== undefined) return known;
      const nowMs = now();
      const result = await account.create('Messages', { To: to, From: from, Body: smsText(request) }, signal);
      return readTwilioReply(result, { nowMs, key: request.key });
    },
  };
}
