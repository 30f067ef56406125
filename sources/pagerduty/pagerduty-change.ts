import { limits } from '../../domain/limits.ts';
import { isJsonObject, kindOf } from '../fields/json-object.ts';
import { invalidPayload } from '../fields/parse-each.ts';
import type { ParsedPayload, SourceFormat, SourceRequest } from '../source.ts';
import { refusePagerduty } from './refuse-pagerduty.ts';

/**
 * Change events say what somebody deployed: developer.pagerduty.com/docs/send-change-event. They are taken, so that a
 * sender of both needs one address, and never page.
 */
export const pagerdutyChangeFormat: SourceFormat = {
  type: 'pagerduty',
  maxBodyBytes: limits.maxPagerdutyBodyBytes,
  parse,
  answer: () => ({ status: 202, body: { status: 'success', message: 'Change event processed' } }),
  refuse: refusePagerduty,
};

function parse({ body }: SourceRequest): ParsedPayload {
  if (!isJsonObject(body)) throw invalidPayload('', `expected an object, not ${kindOf(body)}`);
  if (!isJsonObject(body.payload))
    throw invalidPayload('/payload', `must be an object, not ${kindOf(body.payload)}`);
  if (typeof body.payload.summary !== 'string') throw invalidPayload('/payload/summary', 'must be a string');
  return { commands: [], rejected: [], truncatedAlerts: 0, nothingToDo: true };
}
