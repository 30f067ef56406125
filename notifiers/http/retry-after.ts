import { limits } from '../../domain/limits.ts';

/** IMF-fixdate, the only form of an HTTP date that may still be sent (RFC 9110, 5.6.7). */
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Beyond a day it is a mistake rather than a wish. */
const absurdMs = 86_400_000;

/**
 * How long a provider asks us to wait (RFC 9110, 10.2.3), at most `limits.maxRetryAfterMs`. Undefined when it does not
 * ask, asks for nothing, or asks for what cannot be meant: our own backoff applies then.
 */
export function parseRetryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim() ?? '';
  const waitMs = /^\d{1,9}$/.test(text)
    ? Number(text) * 1_000
    : httpDate.test(text)
      ? Date.parse(text) - nowMs
      : Number.NaN;
  if (!(waitMs > 0) || waitMs > absurdMs) return undefined;
  return Math.min(waitMs, limits.maxRetryAfterMs);
}
