import { printable } from '../text/printable.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A word joiner behind it: Telegram would otherwise look for a user of that name, and notify that user.
  '@': '@\u2060',
};
const maxLinkLength = 1_000;

/**
 * Hostile text for a message in Telegram's HTML: no tag, no mention. The escaped form has at most `maxLength` UTF-16
 * units and is never cut inside an entity or a pair.
 */
export function telegramText(text: string, maxLength: number): string {
  let escaped = '';
  for (const character of printable(text.replace(/\s+/g, ' '))) {
    const next = entities[character] ?? character;
    if (escaped.length + next.length > maxLength - 1) return `${escaped}…`;
    escaped += next;
  }
  return escaped;
}

/** A link under a word of ours; undefined for anything but plain http and https addresses of sane length. */
export function telegramLink(target: string, label: string): string | undefined {
  const url = URL.parse(target);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  if (url.username !== '' || url.password !== '') return undefined;
  const href = url.href
    .replaceAll('&', '&amp;')
    .replaceAll('"', '%22')
    .replaceAll('<', '%3C')
    .replaceAll('>', '%3E');
  return href.length > maxLinkLength ? undefined : `<a href="${href}">${telegramText(label, 75)}</a>`;
}
