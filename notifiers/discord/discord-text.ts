import { plainLink } from '../text/plain-link.ts';
import { printable } from '../text/printable.ts';

/** All that Discord's Markdown gives a meaning, `:` and `.` with it, so that a text makes neither emoji nor links by itself. */
const meaningful = /[\\*_~`|<>#[\]()@:.!-]/;

/**
 * Hostile text for a message: mentions, masked links and formatting become plain characters. At most `maxLength` UTF-16
 * units, never cut behind a backslash or inside a pair.
 */
export function discordText(text: string, maxLength: number): string {
  let escaped = '';
  for (const character of printable(text.replace(/\s+/g, ' '))) {
    const next = meaningful.test(character) ? `\\${character}` : character;
    if (escaped.length + next.length > maxLength - 1) return `${escaped}…`;
    escaped += next;
  }
  return escaped;
}

/** A link under `label`, which is trusted; undefined for addresses that a message may not link to. */
export function discordLink(target: string | undefined, label: string): string | undefined {
  const href = plainLink(target)?.replaceAll('(', '%28').replaceAll(')', '%29').replaceAll('>', '%3E');
  return href === undefined ? undefined : `[${label}](<${href}>)`;
}
