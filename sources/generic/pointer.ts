import type { JsonPath } from '../../domain/source/generic-mapping.ts';
import { isJsonObject } from '../fields/json-object.ts';
import type { Reading } from '../fields/reading.ts';
import { RejectedField } from '../fields/rejected-field.ts';
import { pointerToken } from '../text.ts';

/** A JSON pointer (RFC 6901) with its text, so that a fault can be named without building it again. */
export interface Pointer {
  readonly tokens: JsonPath;
  readonly text: string;
}

/** What stands at the first of several pointers that leads anywhere. */
export interface Found {
  readonly value: unknown;
  readonly pointer: Pointer;
}

export function pointerOf(tokens: JsonPath): Pointer {
  return { tokens, text: tokens.map((token) => `/${pointerToken(token)}`).join('') };
}

/** Own members alone, so that no pointer reaches a prototype; undefined where it leads nowhere. */
export function valueAt(value: unknown, { tokens }: Pointer): unknown {
  let at = value;
  for (const token of tokens) at = memberOf(at, token);
  return at;
}

/**
 * The first that is there and not null, which counts as absent, but to a strict source is wrong.
 *
 * @throws RejectedField
 */
export function findFirst(
  value: unknown,
  pointers: readonly Pointer[],
  { mode }: Reading,
): Found | undefined {
  for (const pointer of pointers) {
    const found = valueAt(value, pointer);
    if (found === null && mode === 'strict') throw new RejectedField(pointer.text, 'must not be null');
    if (found !== undefined && found !== null) return { value: found, pointer };
  }
  return undefined;
}

function memberOf(value: unknown, token: string): unknown {
  if (Array.isArray(value)) return /^(?:0|[1-9]\d{0,5})$/.test(token) ? value[Number(token)] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, token) ? value[token] : undefined;
}
