import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fingerprintOf } from './fingerprint.ts';

/** FNV-1a as its authors describe it, on whole numbers of 64 bits. */
function reference(labels: Record<string, string>): string {
  let hash = 0xcbf29ce484222325n;
  const names = Object.keys(labels).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const name of names) {
    for (const text of [name, labels[name] ?? '']) {
      for (const byte of [...Buffer.from(text), 0xff]) {
        hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
      }
    }
  }
  return hash.toString(16).padStart(16, '0');
}

test('no labels have the offset basis of FNV-1a', () => {
  expect(fingerprintOf({})).toBe('cbf29ce484222325');
});

test('labels have the fingerprint that prometheus gives them', () => {
  const labels = { name: 'garland, briggs', fear: 'love is not enough' };
  expect(fingerprintOf(labels)).toBe(5799056148416392346n.toString(16).padStart(16, '0'));
});

test('any labels have the same fingerprint as by the definition, in any order', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (labels) => {
      expect(fingerprintOf(labels)).toBe(reference(labels));
      expect(fingerprintOf(Object.fromEntries(Object.entries(labels).toReversed()))).toBe(reference(labels));
    }),
    { numRuns: 500, verbose: true },
  );
});
