import { escapedText } from '../text/escaped-text.ts';
import { plainLink } from '../text/plain-link.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Hostile text for a message: `<!channel>` and `<@U…>` become plain characters (Slack, "Escaping text"). */
export function slackText(text: string, maxLength: number): string {
  return escapedText(text, entities, maxLength);
}

/** A link that Slack shows under `label`; undefined where nothing may be linked to. */
export function slackLink(target: string, label: string): string | undefined {
  const href = plainLink(target)
    ?.replaceAll('|', '%7C')
    .replaceAll('<', '%3C')
    .replaceAll('>', '%3E')
    .replaceAll('&', '&amp;');
  return href === undefined ? undefined : `<${href}|${slackText(label, 75)}>`;
}
