import { printable } from '../text/printable.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const maxLinkLength = 1_500;

/**
 * Hostile text for a message: `<!channel>` and `<@U…>` become plain characters (Slack, "Escaping text"), nothing in it
 * acts, and the escaped form has at most `maxLength` UTF-16 units, never cut inside an entity or a pair.
 */
export function slackText(text: string, maxLength: number): string {
  let escaped = '';
  for (const character of printable(text.replace(/\s+/g, ' '))) {
    const next = entities[character] ?? character;
    if (escaped.length + next.length > maxLength - 1) return `${escaped}…`;
    escaped += next;
  }
  return escaped;
}

/** A link that Slack shows under `label`; undefined for anything but plain http and https addresses of sane length. */
export function slackLink(target: string, label: string): string | undefined {
  const url = URL.parse(target);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  if (url.username !== '' || url.password !== '') return undefined;
  const href = url.href
    .replaceAll('|', '%7C')
    .replaceAll('<', '%3C')
    .replaceAll('>', '%3E')
    .replaceAll('&', '&amp;');
  return href.length > maxLinkLength ? undefined : `<${href}|${slackText(label, 75)}>`;
}
