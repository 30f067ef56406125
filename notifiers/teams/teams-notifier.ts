import type { Notifier, SendResult } from '../../domain/policy/notification.ts';
import { accountOfUrl } from '../http/account-of-url.ts';
import type { OutgoingResult } from '../http/exchange.ts';
import type { GuardedHttpClient } from '../http/guarded-http-client.ts';
import { resultOfRefusal, resultWithoutResponse } from '../http/send-result.ts';
import { isTelling } from '../http/telling.ts';
import { teamsMessage } from './teams-card.ts';

export interface TeamsNotifierOptions {
  /** The channel's name in the configuration: the address is a secret from its path on, and cannot name what is paced. */
  readonly name: string;
  /** The workflow's address: a secret. */
  readonly url: string;
  readonly onUnknown: 'resend' | 'hold';
  readonly http: GuardedHttpClient;
  readonly now: () => number;
}

/** A flow runs for each message, and posting is throttled by the minute: bursts are better spread. */
const paceMs = 1_000;

/**
 * Posts Adaptive Cards to a Workflows webhook of Microsoft Teams. It takes cards and no more: nothing is edited, taken
 * back or found again, so each piece of news is a card of its own, and one that may have arrived is posted again.
 */
export function createTeamsNotifier(options: TeamsNotifierOptions): Notifier {
  const { name, url, onUnknown, http, now } = options;
  const account = accountOfUrl(url);
  return {
    provider: 'teams',
    account,
    isIdempotent: false,
    onUnknown,
    canUndo: false,
    pace: { key: `${account}/${name}`, everyMs: paceMs },
    async send(request, { signal }) {
      const nowMs = now();
      const { key } = request;
      const headers = { 'content-type': 'application/json', 'idempotency-key': key };
      const body = JSON.stringify(teamsMessage(request));
      return resultOf(await http.post({ url, headers, body, signal }), { key, nowMs, url });
    },
  };
}

interface ResultContext {
  readonly key: string;
  readonly nowMs: number;
  readonly url: string;
}

/** 202 says that the flow runs. Its run's id stands in a header, by which it is found in Power Automate. */
function resultOf(result: OutgoingResult, { key, nowMs, url }: ResultContext): SendResult {
  if (result.kind !== 'response') return resultWithoutResponse(result);
  const { status, headers } = result;
  if (status < 200 || status > 299) return resultOfRefusal({ status, headers, nowMs });
  const run = headers['x-ms-workflow-run-id'];
  const isRun = typeof run === 'string' && /^[\w-]{8,128}$/.test(run) && !isTelling(run, [url]);
  return { outcome: 'delivered', providerId: isRun ? run : key, status };
}
