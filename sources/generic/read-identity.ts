import { sha256Hex } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import { RejectedField } from '../fields/rejected-field.ts';
import { exceedsBytes } from '../text.ts';
import { type Entry, take } from './entry.ts';
import type { Layout } from './layout.ts';
import { textOfWord } from './read-word.ts';

/** What a sender calls an alert. */
export interface Identity {
  readonly fingerprint: string;
  /** In the sender's own words, for people. */
  readonly key: string;
}

/**
 * Undefined where nothing of the kind is mapped, or the layout allows that an alert has none; then its labels name it.
 * Sixteen hexadecimal digits are a fingerprint already and stay as they are.
 *
 * @throws RejectedField
 */
export function readIdentity(entry: Entry, layout: Layout): Identity | undefined {
  const parts: string[] = [];
  for (const pointers of layout.identity) {
    const found = take(entry, pointers);
    if (found === undefined && layout.isIdentityOptional) continue;
    const text = found && textOfWord(found, entry);
    const path = (found?.pointer ?? pointers[0])?.text ?? '';
    if (text === undefined || text === '') throw new RejectedField(path, 'is missing, and names the alert');
    if (exceedsBytes(text, limits.maxDedupKeyBytes)) {
      throw new RejectedField(path, `is longer than ${limits.maxDedupKeyBytes} bytes`);
    }
    parts.push(text);
  }
  return parts.length === 0 ? undefined : { fingerprint: fingerprintOfKey(parts), key: parts.join(' / ') };
}

function fingerprintOfKey(parts: readonly string[]): string {
  const [only = ''] = parts;
  if (parts.length === 1 && /^[0-9a-f]{16}$/i.test(only)) return only.toLowerCase();
  return sha256Hex(JSON.stringify(parts)).slice(0, 16);
}
