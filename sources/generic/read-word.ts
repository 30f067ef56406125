import type { Severity } from '../../domain/severity.ts';
import { kindOf } from '../fields/json-object.ts';
import { addFlag } from '../fields/reading.ts';
import { RejectedField } from '../fields/rejected-field.ts';
import { cleanAndFlag, textOfScalar } from '../fields/text.ts';
import { findSeverity } from '../severity.ts';
import { type Entry, take } from './entry.ts';
import type { Layout } from './layout.ts';
import type { Found } from './pointer.ts';

/**
 * The text of what is compared with words, or names an alert. A number or boolean is as good as its text in any mode:
 * no format says which it should be.
 *
 * @throws RejectedField
 */
export function textOfWord({ value, pointer }: Found, { reading }: Entry): string {
  const text = typeof value === 'string' ? cleanAndFlag(value, reading) : textOfScalar(value);
  if (text !== undefined) return text;
  const kind = typeof value === 'number' ? 'a number too large to be exact' : kindOf(value);
  throw new RejectedField(pointer.text, `must be a string, number or boolean, not ${kind}`);
}

/**
 * Undefined where the layout allows that an alert has none.
 *
 * @throws RejectedField
 */
export function readStatus(entry: Entry, layout: Layout): 'firing' | 'resolved' | undefined {
  const found = take(entry, layout.status);
  if (found === undefined) {
    if (layout.isStatusOptional) return undefined;
    throw new RejectedField(layout.status[0]?.text ?? '', 'is missing');
  }
  const status = layout.statusWords.get(textOfWord(found, entry).trim().toLowerCase());
  if (status === undefined) throw new RejectedField(found.pointer.text, 'means neither firing nor resolved');
  return status;
}

/** What a sender says of severity. */
export interface NamedSeverity {
  readonly severity: Severity;
  /** In the sender's own words. */
  readonly word: string;
}

/**
 * A word that is unknown is `error`, flagged `severity_assumed`; a strict source's alert is refused for it. Undefined
 * where the sender names none.
 *
 * @throws RejectedField
 */
export function readSeverity(entry: Entry, layout: Layout): NamedSeverity | undefined {
  const found = take(entry, layout.severity);
  if (found === undefined) return undefined;
  const word = textOfWord(found, entry);
  const known = layout.severityWords.get(word.trim().toLowerCase()) ?? findSeverity(word);
  if (known !== undefined) return { severity: known, word };
  if (entry.reading.mode === 'strict') throw new RejectedField(found.pointer.text, 'is no known severity');
  addFlag(entry.reading, 'severity_assumed');
  return { severity: 'error', word };
}
