import { createHmac, timingSafeEqual } from 'node:crypto';
import { TocsinError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { HeaderLookup } from '../ports.ts';

export interface SlackSigning {
  /** Of every Slack app that is configured; any of them may have signed. */
  readonly secrets: readonly string[];
  readonly nowMs: number;
}

/**
 * Slack signs `v0:<unix seconds>:<body>` with HMAC-SHA256 and sends the digest as `v0=<hex>` (Slack, "Verifying requests
 * from Slack"). What is more than five minutes old, or ahead, is refused. Every secret is tried, each in constant time.
 *
 * @throws TocsinError `invalid_signature`
 */
export function verifySlackSignature(
  rawBody: Uint8Array,
  header: HeaderLookup,
  { secrets, nowMs }: SlackSigning,
): void {
  const seconds = header('x-slack-request-timestamp') ?? '';
  const signature = header('x-slack-signature') ?? '';
  if (!/^\d{1,12}$/.test(seconds))
    throw refused('the header x-slack-request-timestamp must hold unix seconds');
  if (!/^v0=[0-9a-f]{64}$/.test(signature))
    throw refused('the header x-slack-signature is missing or malformed');
  if (Math.abs(Number(seconds) * 1_000 - nowMs) > limits.maxSignatureAgeMs) {
    throw refused('the request was signed more than five minutes ago, or the clocks differ');
  }
  const given = Buffer.from(signature.slice('v0='.length), 'hex');
  let fits = false;
  for (const secret of secrets) {
    const wanted = createHmac('sha256', secret).update(`v0:${seconds}:`).update(rawBody).digest();
    if (timingSafeEqual(given, wanted)) fits = true;
  }
  if (!fits) throw refused('the signature does not fit the body');
}

function refused(detail: string): TocsinError {
  return new TocsinError('invalid_signature', { detail });
}
