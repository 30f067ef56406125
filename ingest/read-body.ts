import secureJson from 'secure-json-parse';
import { TocsinError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });
const quote = 0x22;
const backslash = 0x5c;

/**
 * Raw bytes to a JSON value: size, UTF-8, depth, syntax, then keys that would poison a prototype.
 *
 * @throws TocsinError `too_large`, `invalid_encoding`, `too_deep`, `malformed_json` or `forbidden_key`
 */
export function readBody(rawBody: Buffer, maxBytes: number = limits.maxBodyBytes): unknown {
  checkSize(rawBody, maxBytes);
  const text = decode(rawBody);
  checkDepth(text);
  const value = parse(text);
  checkKeys(text, value);
  return value;
}

/** @throws TocsinError `too_large` */
export function checkSize(rawBody: Buffer, maxBytes: number = limits.maxBodyBytes): void {
  if (rawBody.length <= maxBytes) return;
  throw new TocsinError('too_large', { detail: `the body is larger than ${maxBytes} bytes` });
}

function decode(rawBody: Buffer): string {
  try {
    return decoder.decode(rawBody);
  } catch (cause) {
    throw new TocsinError('invalid_encoding', { cause });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TocsinError('malformed_json', {
      detail: text.trim() === '' ? 'the body is empty' : 'the body is not valid JSON',
      cause,
    });
  }
}

/** Either name, or an escaped letter or underscore that could be part of one: without these no key can be forbidden. */
const suspicious = /__proto__|constructor|\\u00(?:5f|6[1-9a-f]|7[0-9a])/i;

/** Looks at the parsed value, not at the text alone, so an escaped `__proto__` is found too. */
function checkKeys(text: string, value: unknown): void {
  if (!suspicious.test(text) || typeof value !== 'object' || value === null) return;
  try {
    secureJson.scan(value, { protoAction: 'error', constructorAction: 'error' });
  } catch (cause) {
    throw new TocsinError('forbidden_key', {
      detail: '"__proto__" and "constructor" with a "prototype" are not allowed',
      cause,
    });
  }
}

/** Counts brackets outside strings before anything is built from them; strings are skipped over quote by quote. */
function checkDepth(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === quote) at = endOfString(text, at);
    else if (unit === 0x7b || unit === 0x5b) depth += 1;
    else if (unit === 0x7d || unit === 0x5d) depth -= 1;
    if (depth > limits.maxJsonDepth) {
      throw new TocsinError('too_deep', { detail: `nested deeper than ${limits.maxJsonDepth} levels` });
    }
  }
}

/** Where the closing quote stands; the end of the text when there is none. */
function endOfString(text: string, start: number): number {
  let end = start;
  do {
    end = text.indexOf('"', end + 1);
    if (end === -1) return text.length;
  } while (isEscaped(text, end));
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text.charCodeAt(before) === backslash) before -= 1;
  return (at - before) % 2 === 0;
}
