import type { Labels } from '../domain/alert/alert.ts';

const separator = 0xff;
const encoder = new TextEncoder();

/**
 * The fingerprint that Prometheus and Alertmanager give to a set of labels: 64-bit FNV-1a over the names and values in
 * the order of the names' bytes, each followed by the byte 0xff. So an alert that comes without one is the same alert as
 * one that comes with it.
 */
export function fingerprintOf(labels: Labels): string {
  const hash = { high: 0xcbf29ce4, low: 0x84222325 };
  const pairs = Object.entries(labels).map(([name, value]) => [encoder.encode(name), encoder.encode(value)]);
  pairs.sort(([a], [b]) => Buffer.compare(a ?? new Uint8Array(), b ?? new Uint8Array()));
  for (const bytes of pairs.flat()) {
    for (const byte of bytes) addByte(hash, byte);
    addByte(hash, separator);
  }
  return hex(hash.high) + hex(hash.low);
}

/** Times the FNV prime 2^40 + 0x1b3, modulo 2^64, in two halves: a BigInt for each byte would be too slow. */
function addByte(hash: { high: number; low: number }, byte: number): void {
  const low = (hash.low ^ byte) >>> 0;
  const product = low * 0x1b3;
  const carry = Math.floor(product / 0x1_0000_0000);
  hash.low = product >>> 0;
  hash.high = (hash.high * 0x1b3 + carry + low * 0x100) >>> 0;
}

function hex(half: number): string {
  return half.toString(16).padStart(8, '0');
}
