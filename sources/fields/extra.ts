import { limits } from '../../domain/limits.ts';
import { pointerToken } from '../text.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';
import { addFlag, type Reading } from './reading.ts';
import { RejectedField } from './rejected-field.ts';
import { cleanAndFlag, isExact } from './text.ts';

/** Fields of an alert that its format does not name. */
export type Extra = Readonly<Record<string, unknown>>;

/**
 * What is in an alert besides the names that its format knows. A strict source's alert is refused for it; otherwise it
 * is kept, see `boundExtra`.
 *
 * @throws RejectedField
 */
export function readExtra(
  entry: JsonObject,
  known: ReadonlySet<string>,
  reading: Reading,
): Extra | undefined {
  const unknown = Object.keys(entry).filter((name) => !known.has(name));
  if (unknown.length === 0) return undefined;
  if (reading.mode === 'strict') {
    throw new RejectedField(`/${pointerToken(unknown[0] ?? '')}`, 'is not a field of this format');
  }
  return boundExtra(
    unknown.map((name) => [name, entry[name]]),
    reading,
  );
}

/**
 * At most `limits.maxExtraBytes` of JSON; fields that do not fit are left out, flagged `extra_dropped`. Numbers that
 * JSON.parse could not hold are flagged `extra_inexact`, and the infinite ones are kept as text.
 */
export function boundExtra(
  fields: readonly (readonly [string, unknown])[],
  reading: Reading,
): Extra | undefined {
  const kept: [string, unknown][] = [];
  // the braces
  let bytes = 2;
  for (const [name, value] of fields) {
    const field = [cleanAndFlag(name, reading), cleaned(value, reading)] as const;
    // the colon and the comma take as much as the brackets
    const size = Buffer.byteLength(JSON.stringify(field));
    if (bytes + size > limits.maxExtraBytes) {
      addFlag(reading, 'extra_dropped');
      continue;
    }
    bytes += size;
    kept.push([...field]);
  }
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

/** As deep as the body, which is bounded. */
function cleaned(value: unknown, reading: Reading): unknown {
  if (typeof value === 'string') return cleanAndFlag(value, reading);
  if (typeof value === 'number') return cleanedNumber(value, reading);
  if (Array.isArray(value)) return value.map((item) => cleaned(item, reading));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [cleanAndFlag(name, reading), cleaned(item, reading)]),
  );
}

function cleanedNumber(value: number, reading: Reading): number | string {
  if (!isExact(value)) addFlag(reading, 'extra_inexact');
  return Number.isFinite(value) ? value : String(value);
}
