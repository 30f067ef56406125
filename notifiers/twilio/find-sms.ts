import type { OutgoingResult } from '../http/exchange.ts';
import { parseTwilioBody } from './twilio-reply.ts';

/** As many of the newest messages to one number as fit into what is read of an answer. */
export const messagesLookedAt = 20;

/** `none` also where Twilio will not tell; `unanswered` when asking again may help. */
export type SmsLookup =
  | { readonly kind: 'found'; readonly sid: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'unanswered' };

/** Looks a message up by its end in Twilio's list of the newest to that number. */
export function findSms(result: OutgoingResult, end: string): SmsLookup {
  if (result.kind !== 'response') return { kind: 'unanswered' };
  const { status, complete } = result;
  if (status >= 500 || status === 429) return { kind: 'unanswered' };
  const body = status === 200 && complete ? parseTwilioBody(result.body) : undefined;
  const messages: readonly unknown[] = Array.isArray(body?.messages) ? body.messages : [];
  for (const message of messages) {
    const sid = sidOfSent(message, end);
    if (sid !== undefined) return { kind: 'found', sid };
  }
  return { kind: 'none' };
}

function sidOfSent(message: unknown, end: string): string | undefined {
  const { sid, body, status } = (message ?? {}) as { sid?: unknown; body?: unknown; status?: unknown };
  if (typeof sid !== 'string' || !/^(?:SM|MM)[0-9a-f]{32}$/.test(sid)) return undefined;
  if (typeof body !== 'string' || !body.endsWith(end)) return undefined;
  return status === 'failed' || status === 'canceled' || status === 'undelivered' ? undefined : sid;
}
