/**
 * Controls (C0, C1, DEL), line and paragraph separators, marks that turn or hide text (bidirectional controls,
 * zero-width characters, the byte order mark, tags) and halves of surrogate pairs.
 */
const unprintable =
  /[\p{Cc}\u2028\u2029\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}\p{Cs}]/gu;

/**
 * Alert text on one line in which nothing acts: terminals obey escape sequences, and people believe text that
 * reads in the wrong direction. What is taken out stays visible, as `\n` or `\u{1b}`.
 */
export function printable(text: string): string {
  return text.replace(unprintable, escapeOf);
}

function escapeOf(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
