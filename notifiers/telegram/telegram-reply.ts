import type { SendResult } from '../../domain/policy/notification.ts';
import type { OutgoingResult } from '../http/exchange.ts';
import { parseRetryAfterMs } from '../http/retry-after.ts';
import { resultOfRefusal, resultWithoutResponse } from '../http/send-result.ts';
import { providerWords } from '../text/provider-words.ts';

export interface TelegramReplyContext {
  readonly nowMs: number;
  readonly token: string;
  /** What is delivered when the answer names no message. */
  readonly key: string;
}

/** What one call came to, and Telegram's own words where it refused. */
export interface TelegramReply {
  readonly result: SendResult;
  readonly description?: string;
}

/** `{"ok":true,"result":{…}}` or `{"ok":false,"error_code":…,"description":…,"parameters":{…}}` (Telegram, "Making requests"). */
export function readTelegramReply(result: OutgoingResult, context: TelegramReplyContext): TelegramReply {
  if (result.kind !== 'response') return { result: resultWithoutResponse(result) };
  const { status, headers } = result;
  const { nowMs, token, key } = context;
  const body = result.complete ? parseReply(result.body) : undefined;
  if (status >= 200 && status < 300) {
    if (body?.ok === true)
      return { result: { outcome: 'delivered', providerId: messageIdOf(body) ?? key, status } };
    return { result: { outcome: 'unknown', reason: 'the answer could not be read', status } };
  }

  const refusal = resultOfRefusal({ status, headers, nowMs });
  if (refusal.outcome === 'retry') {
    const afterMs = refusal.afterMs ?? parseRetryAfterMs(numberIn(body?.parameters?.retry_after), nowMs);
    return { result: { ...refusal, ...(afterMs !== undefined && { afterMs }) } };
  }
  const description = providerWords(body?.description, [token]);
  if (description === undefined) return { result: refusal };
  const movedTo = numberIn(body?.parameters?.migrate_to_chat_id);
  const advice = movedTo === undefined ? '' : ` (its new id is ${movedTo})`;
  return {
    result: { outcome: 'rejected', reason: `telegram: ${description}${advice}`, status },
    description,
  };
}

interface ReplyBody {
  readonly ok?: unknown;
  readonly description?: unknown;
  readonly parameters?: { readonly retry_after?: unknown; readonly migrate_to_chat_id?: unknown } | null;
  readonly result?: {
    readonly message_id?: unknown;
    readonly chat?: { readonly id?: unknown } | null;
  } | null;
}

function parseReply(text: string): ReplyBody | undefined {
  try {
    return (JSON.parse(text) as ReplyBody | null) ?? undefined;
  } catch {
    // A proxy's page, say: nobody knows what became of the message.
    return undefined;
  }
}

/** `<chat>:<message>`, by which the message can be edited. */
function messageIdOf({ result }: ReplyBody): string | undefined {
  const chat = numberIn(result?.chat?.id);
  const message = numberIn(result?.message_id);
  return chat === undefined || message === undefined ? undefined : `${chat}:${message}`;
}

function numberIn(value: unknown): string | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined;
}
