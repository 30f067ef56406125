/** NUL and halves of surrogate pairs cannot be stored by PostgreSQL: they become U+FFFD. */
export function cleanText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '\ufffd') : wellFormed;
}

/** Whether `cleanText` would leave it as it is. */
export function isClean(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** UTF-8 takes three bytes for one UTF-16 unit at most, so short texts need no counting. */
export function exceedsBytes(text: string, maxBytes: number): boolean {
  return text.length > maxBytes || (text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes);
}

/** Cuts on a code point, so that at most `maxBytes` of UTF-8 are left. */
export function cutBytes(text: string, maxBytes: number): string {
  if (!exceedsBytes(text, maxBytes)) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
  return text.slice(0, read);
}

/** One reference token of a JSON pointer (RFC 6901), cut so that a hostile name cannot blow up an answer. */
export function pointerToken(name: string): string {
  return cutBytes(cleanText(name), 128).replaceAll('~', '~0').replaceAll('/', '~1');
}
