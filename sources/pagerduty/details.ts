import type { Labels } from '../../domain/alert/alert.ts';
import { limits } from '../../domain/limits.ts';
import { boundExtra, type Extra, readExtra } from '../fields/extra.ts';
import { isAbsent, isJsonObject, type JsonObject, kindOf } from '../fields/json-object.ts';
import type { Reading } from '../fields/reading.ts';
import { RejectedField } from '../fields/rejected-field.ts';
import { cleanAndFlag, textOfScalar } from '../fields/text.ts';

/** What a trigger tells besides the fields that have a place of their own. */
export interface Details {
  /** Single values of `custom_details`, for the page. */
  readonly texts: Labels;
  /** The rest, as it came. */
  readonly extra: Extra | undefined;
}

const eventFields = new Set([
  ...['routing_key', 'event_action', 'dedup_key', 'payload', 'images', 'links', 'client', 'client_url'],
]);
const payloadFields = new Set([
  ...['summary', 'source', 'severity', 'timestamp', 'component', 'group', 'class', 'custom_details'],
]);
/** Annotations that tocsin fills itself: a detail of that name is kept, elsewhere. */
const ownNames = new Set(['summary', 'dedup_key', 'client', 'links', 'images']);
const maxTexts = limits.maxLabels - ownNames.size;

/** @throws RejectedField */
export function readDetails(event: JsonObject, payload: JsonObject, reading: Reading): Details {
  const texts: [string, string][] = [];
  const rest: [string, unknown][] = [
    ...Object.entries(readExtra(event, eventFields, reading) ?? {}),
    ...Object.entries(readPayloadExtra(payload, reading)),
  ];
  for (const [name, value] of membersOf(payload.custom_details, reading)) {
    const text = typeof value === 'string' ? value : textOfScalar(value);
    const isText = text !== undefined && !ownNames.has(name) && texts.length < maxTexts;
    if (!isText) rest.push([`custom_details.${name}`, value]);
    else texts.push([cleanAndFlag(name, reading), cleanAndFlag(text, reading)]);
  }
  return { texts: Object.fromEntries(texts), extra: boundExtra(rest, reading) };
}

function readPayloadExtra(payload: JsonObject, reading: Reading): Extra {
  try {
    return readExtra(payload, payloadFields, reading) ?? {};
  } catch (error) {
    if (error instanceof RejectedField) throw new RejectedField(`/payload${error.path}`, error.message);
    throw error;
  }
}

/** PagerDuty asks for an object; some clients send a text or a list, which is kept whole. */
function membersOf(details: unknown, reading: Reading): readonly (readonly [string, unknown])[] {
  const path = '/payload/custom_details';
  if (isAbsent(details, path, reading) || details === '') return [];
  if (isJsonObject(details)) return Object.entries(details);
  if (reading.mode === 'strict') throw new RejectedField(path, `must be an object, not ${kindOf(details)}`);
  return [['custom_details', details]];
}
