import { TocsinError } from '../../domain/errors.ts';
import type { HandshakeTerms, HeaderLookup, SourceAnswer } from '../source.ts';

/** A host's name; it goes back into a header. */
const originName = /^[A-Za-z0-9.:_-]{1,253}$/;

/**
 * Section 4 of CloudEvents' HTTP 1.1 web hooks: a sender asks whether it may deliver here. Whoever has the key may, so
 * the answer is given at once, and an address to call back is not called.
 *
 * @throws TocsinError `invalid_request`
 */
export function answerHandshake(header: HeaderLookup, { perMinute }: HandshakeTerms): SourceAnswer {
  const origin = header('webhook-request-origin');
  if (origin === undefined || !originName.test(origin)) {
    const detail = 'webhook-request-origin must name the host that asks';
    throw new TocsinError('invalid_request', { detail });
  }
  const rate = perMinute === undefined ? '*' : String(Math.max(1, perMinute));
  return { status: 200, headers: { 'webhook-allowed-origin': origin, 'webhook-allowed-rate': rate } };
}
