import { limits } from '../../domain/limits.ts';
import { isAbsent, type JsonObject, readObject } from '../fields/json-object.ts';
import type { Reading } from '../fields/reading.ts';
import { RejectedField } from '../fields/rejected-field.ts';
import { readOptionalText, readText } from '../fields/text.ts';
import { parseInstant } from '../instant.ts';
import { exceedsBytes } from '../text.ts';

/** What tocsin uses of an event: github.com/cloudevents/spec, version 1.0. */
export interface CloudEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  /** RFC 3339. */
  readonly time?: string;
  /** An extension of tocsin's: stands in where the data names no severity. */
  readonly severity?: string;
  readonly data: unknown;
}

/** Where an attribute stands: below the event in JSON, in a header of its own otherwise. */
export interface Attributes {
  readonly value: (name: string) => unknown;
  /** For messages, a JSON pointer that starts at the event. */
  readonly path: (name: string) => string;
}

const required = ['specversion', 'id', 'source', 'type'] as const;

/**
 * One event in JSON: the whole body in structured mode, or an entry of a batch.
 *
 * @throws RejectedField
 */
export function readStructuredEvent(value: unknown, reading: Reading): CloudEvent {
  const event = readObject(value, '', 'a CloudEvent');
  if (Object.hasOwn(event, 'data_base64')) {
    throw new RejectedField('/data_base64', 'is not read: send the data as JSON in "data"');
  }
  return readEvent(
    { value: (name) => ownValue(event, name), path: (name) => `/${name}` },
    event.data,
    reading,
  );
}

/**
 * The attributes that every event has, and those that tocsin uses besides; unknown ones are extensions, which any event
 * may have, and are left.
 *
 * @throws RejectedField
 */
export function readEvent({ value, path }: Attributes, data: unknown, reading: Reading): CloudEvent {
  const [version, id, source, type] = required.map((name) => readRequired(value(name), path(name), reading));
  if (version !== '1.0') throw new RejectedField(path('specversion'), 'must be "1.0"');
  const optional = (name: string) => bounded(readOptionalText(value(name), path(name), reading), path(name));
  const subject = optional('subject');
  const time = readTime(value('time'), path('time'), reading);
  const severity = optional('severity');
  return {
    ...{ id: id ?? '', source: source ?? '', type: type ?? '', data },
    ...(subject !== undefined && { subject }),
    ...(time !== undefined && { time }),
    ...(severity !== undefined && { severity }),
  };
}

function readRequired(value: unknown, path: string, reading: Reading): string {
  const text = readText(value ?? undefined, path, reading);
  if (text === '') throw new RejectedField(path, 'must not be empty');
  return bounded(text, path);
}

/** Attributes become labels, and are what names the alert. */
function bounded<T extends string | undefined>(text: T, path: string): T {
  if (text === undefined || !exceedsBytes(text, limits.maxLabelValueBytes)) return text;
  throw new RejectedField(path, `is longer than ${limits.maxLabelValueBytes} bytes`);
}

function readTime(value: unknown, path: string, reading: Reading): string | undefined {
  if (isAbsent(value, path, reading)) return undefined;
  if (typeof value === 'string' && parseInstant(value) !== undefined) return value;
  throw new RejectedField(path, 'must be an RFC 3339 instant such as "2026-01-05T09:00:00Z"');
}

function ownValue(event: JsonObject, name: string): unknown {
  return Object.hasOwn(event, name) ? event[name] : undefined;
}
