import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits } from '../../domain/limits.ts';
import { boundExtra } from './extra.ts';
import { flagsOf, startReading } from './reading.ts';

function bound(fields: Record<string, unknown>) {
  const reading = startReading({ validation: 'lenient', receivedAtMs: 0 });
  return { extra: boundExtra(Object.entries(fields), reading), flags: flagsOf(reading) };
}

describe('what a format does not name', () => {
  test('is kept as it came', () => {
    const fields = { a: [1, { b: null }], c: 'ü', d: 0.5, e: false };
    expect(bound(fields)).toEqual({ extra: fields, flags: undefined });
  });

  test('leaves out what is too large, and keeps what is small', () => {
    expect(bound({ large: 'x'.repeat(limits.maxExtraBytes), small: 1 })).toEqual({
      extra: { small: 1 },
      flags: ['extra_dropped'],
    });
  });

  test('has no field when nothing is left', () => {
    expect(bound({ large: 'x'.repeat(limits.maxExtraBytes) }).extra).toBeUndefined();
    expect(bound({}).extra).toBeUndefined();
  });

  test('is made storable at any depth, and says so', () => {
    expect(bound({ 'a\0': [{ '\ud800': 'b\0' }] })).toEqual({
      extra: { 'a\ufffd': [{ '\ufffd': 'b\ufffd' }] },
      flags: ['text_replaced'],
    });
  });

  test('tells of numbers that lost digits, and keeps infinite ones as text', () => {
    const fields: unknown = JSON.parse('{"huge":1e999,"long":12345678901234567890,"fine":0.1}');
    const { extra, flags } = bound(fields as Record<string, unknown>);
    expect(extra).toMatchObject({ huge: 'Infinity', fine: 0.1 });
    expect(flags).toEqual(['extra_inexact']);
  });

  test('sets no prototype', () => {
    const fields: unknown = JSON.parse('{"__proto__":{"a":1},"b":{"__proto__":{"c":1}}}');
    const { extra } = bound(fields as Record<string, unknown>);
    expect(JSON.stringify(extra)).toBe('{"__proto__":{"a":1},"b":{"__proto__":{"c":1}}}');
    expect(Object.getPrototypeOf(extra)).toBe(Object.prototype);
  });

  test('never exceeds its limit, and reads back as it was kept', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 4 })), (fields) => {
        const padded = { ...fields, pad: 'ü'.repeat(limits.maxExtraBytes / 2 - 40) };
        const text = JSON.stringify(bound(padded).extra ?? {});
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limits.maxExtraBytes);
        expect(text).not.toMatch(/(?<!\\)(?:\\\\)*\\u0000/);
      }),
      { numRuns: 500, verbose: true },
    );
  });
});
