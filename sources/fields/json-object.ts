import type { Reading } from './reading.ts';
import { RejectedField } from './rejected-field.ts';

/** An object of a parsed body. Read a name of the sender's own with `Object.hasOwn` only. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws RejectedField */
export function readObject(value: unknown, path: string, expected = 'an object'): JsonObject {
  if (isJsonObject(value)) return value;
  throw new RejectedField(
    path,
    value === undefined ? 'is missing' : `must be ${expected}, not ${kindOf(value)}`,
  );
}

/**
 * Whether an optional field says nothing. `null` does too, but not to a strict source.
 *
 * @throws RejectedField
 */
export function isAbsent(value: unknown, path: string, { mode }: Reading): value is undefined | null {
  if (value === null && mode === 'strict') throw new RejectedField(path, 'must not be null');
  return value === undefined || value === null;
}

/** For a message: `null`, `an array`, `an object`, `a string`. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
