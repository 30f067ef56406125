import type { TocsinError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';

/** When to come back, for a sender that is asked to: whole seconds, at least one (RFC 9110, section 10.2.3). */
export function retryAfterOf({ retryAfterMs = limits.overloadedRetryAfterMs }: TocsinError) {
  return { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) };
}
