import type { Labels } from '../../domain/alert/alert.ts';
import { fingerprintOf } from '../fingerprint.ts';
import { isAbsent } from './json-object.ts';
import type { Reading } from './reading.ts';
import { RejectedField } from './rejected-field.ts';

/**
 * Alertmanager's and Grafana's name for a set of labels, in lower case; without one, the same is computed.
 *
 * @throws RejectedField
 */
export function readFingerprint(
  value: unknown,
  path: string,
  { labels, reading }: { readonly labels: Labels; readonly reading: Reading },
): string {
  if (isAbsent(value, path, reading) || value === '') return fingerprintOf(labels);
  if (typeof value === 'string' && /^[0-9a-f]{16}$/i.test(value)) return value.toLowerCase();
  throw new RejectedField(path, 'must be 16 hexadecimal digits');
}
