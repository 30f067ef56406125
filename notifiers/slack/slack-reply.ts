import type { SendResult } from '../../domain/policy/notification.ts';
import type { OutgoingResult } from '../http/exchange.ts';
import { resultOfRefusal, resultWithoutResponse } from '../http/send-result.ts';
import { isTelling } from '../http/telling.ts';

/** Errors of Slack's Web API that pass; every other one means that it will not take this message. */
const passingErrors = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

/** Where Slack says that the message stands; fields that it left out or garbled are absent. */
export interface PostedMessage {
  readonly channel?: string;
  readonly ts?: string;
}

export interface SlackReplyContext {
  readonly nowMs: number;
  readonly token: string;
}

/** What one call came to, and Slack's error code where it gave one. */
export interface SlackReply {
  readonly result: SendResult;
  readonly error?: string;
}

/** Slack answers 200 to nearly everything: `ok` decides, and only 429 means what it says. */
export function readSlackReply(
  result: OutgoingResult,
  providerIdOf: (posted: PostedMessage) => string,
  { nowMs, token }: SlackReplyContext,
): SlackReply {
  if (result.kind !== 'response') return { result: resultWithoutResponse(result) };
  const { status, headers, complete } = result;
  if (status < 200 || status > 299) return { result: resultOfRefusal({ status, headers, nowMs }) };
  const body = complete ? parseReply(result.body) : undefined;
  if (body === undefined) {
    return { result: { outcome: 'unknown', reason: 'the answer could not be read', status } };
  }
  if (body.ok) return { result: { outcome: 'delivered', providerId: providerIdOf(body), status } };

  const error = isTelling(body.error, [token]) ? 'unrecognised error' : body.error;
  const outcome = passingErrors.has(error) ? 'retry' : 'rejected';
  return { result: { outcome, reason: `slack: ${error}`, status }, error };
}

type ParsedReply = ({ readonly ok: true } & PostedMessage) | { readonly ok: false; readonly error: string };

function parseReply(text: string): ParsedReply | undefined {
  let body: { ok?: unknown; error?: unknown; channel?: unknown; ts?: unknown } | null;
  try {
    body = JSON.parse(text) as typeof body;
  } catch {
    // A proxy's page, say: nobody knows what became of the message.
    return undefined;
  }
  if (body?.ok === false)
    return { ok: false, error: matching(body.error, /^[a-z][a-z0-9_]{0,63}$/) ?? 'unrecognised error' };
  if (body?.ok !== true) return undefined;
  const channel = matching(body.channel, /^[A-Z0-9]{1,32}$/);
  const ts = matching(body.ts, /^\d{1,16}\.\d{1,10}$/);
  return { ok: true, ...(channel !== undefined && { channel }), ...(ts !== undefined && { ts }) };
}

function matching(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}
