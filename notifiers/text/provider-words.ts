import { isTelling } from '../http/telling.ts';
import { printable } from './printable.ts';

const maxWords = 160;

/**
 * What a provider says of its refusal, fit for a reason: one short printable line. Undefined for anything else, and
 * for what gives a secret away.
 */
export function providerWords(said: unknown, secrets: readonly string[]): string | undefined {
  if (typeof said !== 'string') return undefined;
  const words = printable(said.replace(/\s+/g, ' ').trim());
  if (words === '' || words.length > maxWords || isTelling(words, secrets)) return undefined;
  return words;
}
