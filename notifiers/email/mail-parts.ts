import type { MailContent, MailLine } from './mail-content.ts';

export function mailText({ heading, title, sections }: MailContent): string {
  const blocks = [[heading, title], ...sections.map((lines) => lines.map(({ text }) => text))];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Plain HTML: nothing is loaded from elsewhere, and no text of an alert acts. */
export function mailHtml({ heading, title, sections }: MailContent): string {
  return [
    '<!DOCTYPE html>',
    '<html><head><meta charset="utf-8"></head><body>',
    `<p><b>${escaped(heading)}</b><br>`,
    `<b>${escaped(title)}</b></p>`,
    ...sections.map((lines) => `<p>${lines.map(htmlLine).join('<br>\n')}</p>`),
    '</body></html>',
    '',
  ].join('\n');
}

function htmlLine({ text, href }: MailLine): string {
  return href === undefined ? escaped(text) : `<a href="${escaped(href)}">${escaped(text)}</a>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
