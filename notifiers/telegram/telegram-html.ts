import { escapedText } from '../text/escaped-text.ts';
import { plainLink } from '../text/plain-link.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A word joiner behind it: Telegram would otherwise look for a user of that name, and notify that user.
  '@': '@\u2060',
};
/** Of 4,096 characters that a message has. */
const maxLinkLength = 1_000;

/** Hostile text for a message in Telegram's HTML: no tag, no mention. */
export function telegramText(text: string, maxLength: number): string {
  return escapedText(text, entities, maxLength);
}

/** A link under a word of ours; undefined where nothing may be linked to. */
export function telegramLink(target: string, label: string): string | undefined {
  const href = plainLink(target)
    ?.replaceAll('&', '&amp;')
    .replaceAll('"', '%22')
    .replaceAll('<', '%3C')
    .replaceAll('>', '%3E');
  if (href === undefined || href.length > maxLinkLength) return undefined;
  return `<a href="${href}">${telegramText(label, 75)}</a>`;
}
