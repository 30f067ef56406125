import type { Reading } from '../fields/reading.ts';
import type { HeaderLookup, SourceRequest } from '../source.ts';
import { type CloudEvent, readEvent } from './cloud-event.ts';

/** In binary mode the attributes stand in headers, and the body is the data alone. */
export function isBinaryEvent(header: HeaderLookup): boolean {
  return header('ce-specversion') !== undefined || header('ce-id') !== undefined;
}

/** @throws RejectedField */
export function readBinaryEvent({ body, header }: SourceRequest, reading: Reading): CloudEvent {
  const attributes = {
    value: (name: string) => decodeHeader(header(`ce-${name}`)),
    path: (name: string) => `/ce-${name}`,
  };
  return readEvent(attributes, body, reading);
}

/**
 * Section 3.1.3.2 of the HTTP binding: characters that a header cannot carry are percent-encoded UTF-8, and older
 * senders put texts in quotes. What is not encoded so is taken as it is.
 */
function decodeHeader(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const quoted = /^"((?:[^"\\]|\\.)*)"$/.exec(text)?.[1];
  const raw = quoted?.replaceAll(/\\(.)/g, '$1') ?? text;
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
}
