import { errorDefinitions, type TocsinError } from '../../domain/errors.ts';
import { retryAfterOf } from '../retry-after.ts';
import type { SourceAnswer } from '../source.ts';

/**
 * As PagerDuty tells it: 400 means that the event is wrong and must not come again, 429 and 5xx that it should. A key
 * that nobody knows is a wrong event too.
 */
export function refusePagerduty(error: TocsinError): SourceAnswer {
  const { status, retryable, kind, message } = errorDefinitions[error.code];
  if (error.code === 'overloaded') {
    return { status: 429, headers: retryAfterOf(error), body: { status: 'throttle exceeded', message } };
  }
  if (retryable) return { status, headers: retryAfterOf(error), body: { status: 'unavailable', message } };
  if (kind === 'bug') return { status, body: { status: 'error', message } };
  const body = { status: 'invalid event', message: 'Event object is invalid', errors: [faultOf(error)] };
  return { status: error.code === 'too_large' ? status : 400, body };
}

function faultOf({ code, path, detail }: TocsinError): string {
  if (code === 'unknown_source') return '/routing_key: is not the key of a source of type pagerduty';
  const fault = detail ?? errorDefinitions[code].message;
  return path === undefined || path === '' ? fault : `${path}: ${fault}`;
}
