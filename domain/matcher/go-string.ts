import { utf8ToBytes } from '@noble/hashes/utils.js';

const simpleEscapes: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['b', 0x08],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['v', 0x0b],
  ['\\', 0x5c],
  ['"', 0x22],
]);

/**
 * The text between the quotes of an interpreted string literal (Go specification, "String literals"): `\xff` and
 * `\377` are bytes, `\u00e9` and `\U0001f642` code points. Undefined for other escapes and for bytes that are not UTF-8.
 */
export function readGoString(body: string): string | undefined {
  const token = /\\x([0-9a-fA-F]{2})|\\([0-7]{3})|\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})|\\(.)|[^\\]+/gsy;
  const bytes: number[] = [];
  let end = 0;
  for (const match of body.matchAll(token)) {
    const piece = bytesOf(match);
    if (piece === undefined) return undefined;
    bytes.push(...piece);
    end = match.index + match[0].length;
  }
  return end === body.length ? decode(bytes) : undefined;
}

function bytesOf(match: RegExpExecArray): Iterable<number> | undefined {
  const [plain, hex, octal, short, long, escaped] = match;
  if (hex !== undefined) return [Number.parseInt(hex, 16)];
  if (octal !== undefined) return byteOf(Number.parseInt(octal, 8));
  const codePoint = short ?? long;
  if (codePoint !== undefined) return codePointBytes(Number.parseInt(codePoint, 16));
  if (escaped === undefined) return utf8ToBytes(plain);
  const simple = simpleEscapes.get(escaped);
  return simple === undefined ? undefined : [simple];
}

function byteOf(value: number): number[] | undefined {
  return value > 0xff ? undefined : [value];
}

function codePointBytes(value: number): Uint8Array | undefined {
  const isSurrogate = value >= 0xd800 && value <= 0xdfff;
  return value > 0x10ffff || isSurrogate ? undefined : utf8ToBytes(String.fromCodePoint(value));
}

function decode(bytes: readonly number[]): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}
