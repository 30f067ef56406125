/** In what JSON.stringify writes, only lone surrogates are escaped as such: paired ones stay plain characters. */
const unstorable = /\\u(?:0000|d[89a-f][0-9a-f]{2})/;
const anyEscape = /\\(?:u[0-9a-f]{4}|.)/g;

export interface StorableJson {
  readonly text: string;
  /** Characters that PostgreSQL cannot store, NUL and lone surrogates, became U+FFFD. */
  readonly isReplaced: boolean;
}

/** The JSON of a value as it can be stored. Whoever accepts text replaces and flags these characters before. */
export function storableJson(value: object): StorableJson {
  const text = JSON.stringify(value);
  // Nearly no text has an escape of this kind at all, and looking for two characters is ten times as fast.
  if (!text.includes('\\u') || !unstorable.test(text)) return { text, isReplaced: false };
  // Escapes are taken one by one from the left, so that an escaped backslash before "u0000" is left alone.
  const replaced = text.replace(anyEscape, (found) => (unstorable.test(found) ? '\ufffd' : found));
  return { text: replaced, isReplaced: replaced !== text };
}
