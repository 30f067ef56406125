import { cleanText } from '../text.ts';
import { isAbsent, kindOf } from './json-object.ts';
import { addFlag, noteCoerced, type Reading } from './reading.ts';
import { RejectedField } from './rejected-field.ts';

/**
 * A text that must be there. A coercive source's numbers and booleans are converted; the length is the caller's to
 * bound.
 *
 * @throws RejectedField
 */
export function readText(value: unknown, path: string, reading: Reading): string {
  if (typeof value === 'string') return cleanAndFlag(value, reading);
  if (value === undefined) throw new RejectedField(path, 'is missing');
  const text = textOfScalar(value);
  if (text === undefined) throw new RejectedField(path, `must be a string, not ${inexactKindOf(value)}`);
  if (reading.mode !== 'coercive') throw new RejectedField(path, `must be a string, not ${kindOf(value)}`);
  noteCoerced(reading, path);
  return text;
}

/**
 * An optional text; undefined when it is absent or empty.
 *
 * @throws RejectedField
 */
export function readOptionalText(value: unknown, path: string, reading: Reading): string | undefined {
  if (isAbsent(value, path, reading) || value === '') return undefined;
  return readText(value, path, reading);
}

/**
 * One of a format's own words, which must be lower-case; a coercive source may write it in any case and with spaces
 * around it.
 *
 * @throws RejectedField
 */
export function readWord<const W extends string>(
  value: unknown,
  path: string,
  { words, reading }: { readonly words: readonly W[]; readonly reading: Reading },
): W {
  const exact = words.find((word) => word === value);
  if (exact !== undefined) return exact;
  if (value === undefined) throw new RejectedField(path, 'is missing');
  const text = reading.mode === 'coercive' && typeof value === 'string' ? value.trim().toLowerCase() : '';
  const word = words.find((candidate) => candidate === text);
  if (word === undefined) throw new RejectedField(path, `must be ${choiceOf(words)}`);
  noteCoerced(reading, path);
  return word;
}

/** What cannot be stored becomes U+FFFD, with a flag: broken text is no reason not to page, in any mode. */
export function cleanAndFlag(text: string, reading: Reading): string {
  const clean = cleanText(text);
  if (clean !== text) addFlag(reading, 'text_replaced');
  return clean;
}

/** The text of a number or boolean; undefined for everything else and for numbers that lost digits when they were read. */
export function textOfScalar(value: unknown): string | undefined {
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'number' && isExact(value) ? String(value) : undefined;
}

/** Whole numbers beyond 2^53 are rounded by JSON.parse, and huge ones are infinite. */
export function isExact(value: number): boolean {
  return Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value));
}

function inexactKindOf(value: unknown): string {
  return typeof value === 'number' ? 'a number too large to be exact' : kindOf(value);
}

function choiceOf(words: readonly string[]): string {
  const quoted = words.map((word) => `"${word}"`);
  return quoted.length < 2
    ? quoted.join('')
    : `${quoted.slice(0, -1).join(', ')} or ${quoted[quoted.length - 1]}`;
}
