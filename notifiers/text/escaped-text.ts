import { printable } from './printable.ts';

/**
 * Hostile text as one line, with the characters of `entities` replaced, so that nothing in it acts. The result has at
 * most `maxLength` UTF-16 units and is never cut inside an entity or a pair.
 */
export function escapedText(
  text: string,
  entities: Readonly<Record<string, string>>,
  maxLength: number,
): string {
  let escaped = '';
  for (const character of printable(text.replace(/\s+/g, ' '))) {
    const next = entities[character] ?? character;
    if (escaped.length + next.length > maxLength - 1) return `${escaped}…`;
    escaped += next;
  }
  return escaped;
}
