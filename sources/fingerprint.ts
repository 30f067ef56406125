import type { Labels } from '../domain/alert/alert.ts';

const separator = 0xff;
const encoder = new TextEncoder();

/** The state of a 64-bit FNV-1a, in two halves: a BigInt for each byte would be too slow. */
interface Hash {
  high: number;
  low: number;
}

/**
 * The fingerprint that Prometheus and Alertmanager give to a set of labels: 64-bit FNV-1a over the names and values in
 * the order of the names' bytes, each followed by the byte 0xff. So an alert that comes without one is the same alert as
 * one that comes with it.
 */
export function fingerprintOf(labels: Labels): string {
  const hash: Hash = { high: 0xcbf29ce4, low: 0x84222325 };
  for (const name of inByteOrder(Object.keys(labels))) {
    addText(hash, name);
    addText(hash, labels[name] ?? '');
  }
  return hex(hash.high) + hex(hash.low);
}

/** Code units are in the order of the bytes but where halves of surrogate pairs are among them. */
function inByteOrder(names: string[]): readonly string[] {
  const sorted = names.sort();
  if (sorted.every(isAscii)) return sorted;
  return sorted.sort((a, b) => Buffer.compare(encoder.encode(a), encoder.encode(b)));
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) > 0x7f) return false;
  }
  return true;
}

function addText(hash: Hash, text: string): void {
  if (!isAscii(text)) {
    for (const byte of encoder.encode(text)) addByte(hash, byte);
  } else {
    for (let at = 0; at < text.length; at += 1) addByte(hash, text.charCodeAt(at));
  }
  addByte(hash, separator);
}

/** Times the FNV prime 2^40 + 0x1b3, modulo 2^64. */
function addByte(hash: Hash, byte: number): void {
  const low = (hash.low ^ byte) >>> 0;
  const product = low * 0x1b3;
  const carry = Math.floor(product / 0x1_0000_0000);
  hash.low = product >>> 0;
  hash.high = (hash.high * 0x1b3 + carry + low * 0x100) >>> 0;
}

function hex(half: number): string {
  return half.toString(16).padStart(8, '0');
}
