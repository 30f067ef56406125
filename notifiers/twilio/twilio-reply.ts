import type { SendResult } from '../../domain/policy/notification.ts';
import type { OutgoingResult } from '../http/exchange.ts';
import { resultOfRefusal, resultWithoutResponse } from '../http/send-result.ts';

/** Twilio's error codes that an operator meets most, in our words. */
const meanings: ReadonlyMap<number, string> = new Map([
  [20003, 'the account or its token is wrong'],
  [21210, 'the caller is not a verified number'],
  [21211, 'the number is not valid'],
  [21215, 'calls to this country are not permitted'],
  [21217, 'the number is not valid'],
  [21219, 'the number is not verified, as trial accounts require'],
  [21408, 'messages to this country are not permitted'],
  [21606, 'the sender cannot send messages'],
  [21608, 'the number is not verified, as trial accounts require'],
  [21610, 'the recipient has unsubscribed'],
  // hours of messages wait before this one: another contact is sooner
  [21611, 'the queue of the sender is full'],
  [21612, 'the sender cannot reach this number'],
  [21614, 'the number is no mobile number'],
]);

export interface TwilioReplyContext {
  readonly nowMs: number;
  /** What is delivered when the answer names no message. */
  readonly key: string;
}

/** 2xx is taken: Twilio has queued it. What becomes of it afterwards only Twilio's console shows. */
export function readTwilioReply(result: OutgoingResult, { nowMs, key }: TwilioReplyContext): SendResult {
  if (result.kind !== 'response') return resultWithoutResponse(result);
  const { status, headers } = result;
  const body = result.complete ? parseTwilioBody(result.body) : undefined;
  if (status >= 200 && status < 300) return { outcome: 'delivered', providerId: sidIn(body) ?? key, status };

  const refusal = resultOfRefusal({ status, headers, nowMs });
  const code = typeof body?.code === 'number' ? body.code : undefined;
  if (refusal.outcome !== 'rejected' || code === undefined || !isErrorCode(code)) return refusal;
  const meaning = meanings.get(code);
  const reason = meaning === undefined ? `twilio: error ${code}` : `twilio: error ${code}, ${meaning}`;
  return { outcome: 'rejected', reason, status };
}

interface TwilioBody {
  readonly sid?: unknown;
  readonly code?: unknown;
  readonly messages?: unknown;
}

export function parseTwilioBody(text: string): TwilioBody | undefined {
  try {
    return (JSON.parse(text) as TwilioBody | null) ?? undefined;
  } catch {
    // The status counts all the same.
    return undefined;
  }
}

function sidIn(body: TwilioBody | undefined): string | undefined {
  const sid = body?.sid;
  return typeof sid === 'string' && /^(?:SM|MM|CA)[0-9a-f]{32}$/.test(sid) ? sid : undefined;
}

function isErrorCode(code: number): boolean {
  return Number.isInteger(code) && code >= 10_000 && code <= 99_999;
}
