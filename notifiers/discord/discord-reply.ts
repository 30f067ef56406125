import { limits } from '../../domain/limits.ts';
import type { SendResult } from '../../domain/policy/notification.ts';
import type { OutgoingResult } from '../http/exchange.ts';
import { resultOfRefusal, resultWithoutResponse } from '../http/send-result.ts';

export interface DiscordReplyContext {
  readonly key: string;
  readonly nowMs: number;
}

/** What one request came to, and Discord's own number for the fault where it gave one. */
export interface DiscordReply {
  readonly result: SendResult;
  readonly code?: number;
}

/** Beyond a day it is a mistake rather than a wish. */
const absurdSeconds = 86_400;

/** A 2xx is taken, also where its body cannot be read: then nobody knows the message's id. */
export function readDiscordReply(result: OutgoingResult, { key, nowMs }: DiscordReplyContext): DiscordReply {
  if (result.kind !== 'response') return { result: resultWithoutResponse(result) };
  const { status, headers } = result;
  const body = bodyOf(result.body);
  if (status >= 200 && status <= 299) {
    return { result: { outcome: 'delivered', providerId: idIn(body) ?? key, status } };
  }
  const refused = resultOfRefusal({ status, headers, nowMs });
  const waitMs = status === 429 ? retryAfterIn(body) : undefined;
  const code = codeIn(body);
  return {
    result: refused.outcome === 'retry' && waitMs !== undefined ? { ...refused, afterMs: waitMs } : refused,
    ...(code !== undefined && { code }),
  };
}

/** `retry_after` in seconds, with a fraction (Discord, "Rate limits"); it is finer than the header. */
function retryAfterIn({ retry_after: seconds }: Body): number | undefined {
  if (typeof seconds !== 'number' || !(seconds > 0) || seconds > absurdSeconds) return undefined;
  return Math.min(Math.ceil(seconds * 1_000), limits.maxRetryAfterMs);
}

function idIn({ id }: Body): string | undefined {
  return typeof id === 'string' && /^\d{1,20}$/.test(id) ? id : undefined;
}

function codeIn({ code }: Body): number | undefined {
  return typeof code === 'number' && Number.isInteger(code) && code > 0 ? code : undefined;
}

interface Body {
  readonly id?: unknown;
  readonly code?: unknown;
  readonly retry_after?: unknown;
}

function bodyOf(text: string): Body {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    // The status alone decides then.
    return {};
  }
}
