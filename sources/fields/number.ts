import { kindOf } from './json-object.ts';
import { noteCoerced, type Reading } from './reading.ts';
import { RejectedField } from './rejected-field.ts';
import { isExact } from './text.ts';

/** As JSON writes a number (RFC 8259, section 6), and no longer than any exact one. */
const numberText = /^-?(?:0|[1-9]\d{0,15})(?:\.\d{1,15})?$/;

/**
 * A number that must be there. A coercive source's text is converted when it is a decimal number.
 *
 * @throws RejectedField
 */
export function readNumber(value: unknown, path: string, reading: Reading): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (value === undefined) throw new RejectedField(path, 'is missing');
  const converted = reading.mode === 'coercive' ? numberOf(value) : undefined;
  if (converted === undefined) throw new RejectedField(path, `must be a finite number, not ${kindOf(value)}`);
  noteCoerced(reading, path);
  return converted;
}

/** The number that a text writes in decimals; undefined where it is none or would lose digits. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || !numberText.test(value)) return undefined;
  const number = Number(value);
  return isExact(number) ? number : undefined;
}
