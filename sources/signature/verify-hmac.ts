import { createHmac, timingSafeEqual } from 'node:crypto';
import { TocsinError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { HeaderLookup, SignatureSettings } from '../source.ts';

export interface SignedContext {
  readonly signature?: SignatureSettings;
  /** Milliseconds since 1970. */
  readonly receivedAtMs: number;
}

/**
 * A signature in lower-case hexadecimal digits: HMAC-SHA256 over the bytes of the body, or where there is a header with
 * the time of sending, over `<unix seconds>:<body>`, which is then at most five minutes old or ahead. Any of the
 * secrets may have signed, so that they can be rotated. Without settings nothing is checked.
 *
 * This is how Grafana signs its webhooks: grafana.com/docs, "webhook notifier", HMAC signature.
 *
 * @throws TocsinError `invalid_signature`
 */
export function verifyHmac(
  rawBody: Uint8Array,
  header: HeaderLookup,
  { signature, receivedAtMs }: SignedContext,
): void {
  if (signature === undefined) return;
  const given = header(signature.header);
  if (given === undefined) throw refused(`the header ${signature.header} is missing`);
  const prefix =
    signature.timestampHeader === undefined
      ? ''
      : readPrefix(header, signature.timestampHeader, receivedAtMs);
  const fits = signature.secrets.some((secret) => isSignedWith(secret, given, [prefix, rawBody]));
  if (!fits) throw refused('the signature does not fit the body');
}

function readPrefix(header: HeaderLookup, name: string, receivedAtMs: number): string {
  const seconds = header(name);
  if (seconds === undefined) throw refused(`the header ${name} is missing`);
  if (!/^\d{1,12}$/.test(seconds)) throw refused(`the header ${name} must hold unix seconds`);
  if (Math.abs(Number(seconds) * 1_000 - receivedAtMs) > limits.maxSignatureAgeMs) {
    throw refused('the request was signed more than five minutes ago, or the clocks differ');
  }
  return `${seconds}:`;
}

function isSignedWith(secret: string, given: string, [prefix, body]: readonly [string, Uint8Array]): boolean {
  const expected = Buffer.from(createHmac('sha256', secret).update(prefix).update(body).digest('hex'));
  const actual = Buffer.from(given);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function refused(detail: string): TocsinError {
  return new TocsinError('invalid_signature', { detail });
}
