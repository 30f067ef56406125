/** A view together with the version of the stream that it shows. */
export interface CacheEntry<T> {
  readonly version: number;
  readonly value: T;
}

/** What both tiers know of a key. Without a value it only says which versions are too old to be kept. */
export interface SharedEntry {
  readonly version: number;
  readonly json: string;
}

/** `<version>\n<json>`, so that a script can compare versions without parsing the JSON. */
export function encodeEntry({ version, json }: SharedEntry): string {
  return `${version}\n${json}`;
}

export function decodeEntry(text: string): SharedEntry | undefined {
  const cut = text.indexOf('\n');
  const version = Number(text.slice(0, Math.max(cut, 0)));
  if (cut < 1 || !Number.isSafeInteger(version) || version < 0) return undefined;
  return { version, json: text.slice(cut + 1) };
}
