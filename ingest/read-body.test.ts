import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorCodeOf } from '../domain/errors.ts';
import { readBody } from './read-body.ts';

function codeOf(body: string | Buffer, maxBytes?: number): string {
  try {
    readBody(Buffer.from(body), maxBytes);
    return 'fine';
  } catch (error) {
    return errorCodeOf(error);
  }
}

/** As no sender writes it, yet as JSON allows. */
function escapeAll(text: string): string {
  return [...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
}

describe('refuses', () => {
  test.each([
    ['an empty body', '', 'malformed_json'],
    ['blanks', ' \n', 'malformed_json'],
    ['half an object', '{"a":', 'malformed_json'],
    ['an unclosed string', '"abc\\"', 'malformed_json'],
    ['two values', '{}{}', 'malformed_json'],
    ['NaN', '{"a":NaN}', 'malformed_json'],
    ['a trailing comma', '[1,]', 'malformed_json'],
    ['a raw NUL in a string', '"\0"', 'malformed_json'],
    ['33 levels', `${'['.repeat(33)}${']'.repeat(33)}`, 'too_deep'],
    [
      'depth after a string that ends in a backslash',
      `["\\\\",${'['.repeat(32)}${']'.repeat(33)}`,
      'too_deep',
    ],
    ['a million opening brackets', '['.repeat(1_000_000), 'too_deep'],
    ['__proto__', '{"alerts":[{"labels":{"__proto__":{"a":1}}}]}', 'forbidden_key'],
    ['an escaped __proto__', '{"\\u005f_proto__":{"a":1}}', 'forbidden_key'],
    ['a wholly escaped __proto__', `{"${escapeAll('__proto__')}":{"a":1}}`, 'forbidden_key'],
    ['an escaped constructor', `{"${escapeAll('constructor')}":{"prototype":{}}}`, 'forbidden_key'],
    ['one escaped letter', '{"__prot\\u006F__":{"a":1}}', 'forbidden_key'],
    ['__proto__ with a plain value', '{"__proto__":"x"}', 'forbidden_key'],
    ['constructor.prototype', '{"constructor":{"prototype":{"a":1}}}', 'forbidden_key'],
  ])('%s', (_, body, code) => {
    expect(codeOf(body)).toBe(code);
  });

  test('bytes that are not UTF-8', () => {
    expect(codeOf(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toBe('invalid_encoding');
    expect(codeOf(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))).toBe('invalid_encoding');
    expect(codeOf(Buffer.from([0xff, 0xfe, 0x7b, 0x00]))).toBe('invalid_encoding');
  });

  test('one byte more than allowed', () => {
    expect(codeOf('[1,2]', 5)).toBe('fine');
    expect(codeOf('[1,2]', 4)).toBe('too_large');
    expect(codeOf(Buffer.alloc(1_048_577, 0x20))).toBe('too_large');
  });
});

describe('accepts', () => {
  test.each([
    ['32 levels', `${'['.repeat(32)}${']'.repeat(32)}`],
    ['brackets inside strings', JSON.stringify({ text: '[{'.repeat(100), quoted: '"[\\"[' })],
    ['brackets behind escaped quotes', JSON.stringify('"['.repeat(100))],
    ['brackets behind escaped backslashes and quotes', JSON.stringify('\\"['.repeat(100))],
    ['a label named constructor', '{"constructor":"x"}'],
    ['a byte order mark', '\ufeff{}'],
    ['an escaped NUL', '"\\u0000"'],
    ['an escaped lone surrogate', '"\\ud800"'],
  ])('%s', (_, body) => {
    expect(codeOf(body)).toBe('fine');
  });

  test('any shallow JSON, as JSON.parse would read it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value);
        const expected: unknown = JSON.parse(text);
        if (text.includes('__proto__')) return;
        expect(readBody(Buffer.from(text))).toEqual(expected);
      }),
      { numRuns: 500, verbose: true },
    );
  });
});

test('any bytes make a value or an error with a code', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(codeOf(Buffer.from(bytes))).not.toBe('internal');
    }),
    { numRuns: 2_000, verbose: true },
  );
});

test('a body full of backslashes takes no quadratic time', () => {
  const body = Buffer.from(`"${'\\\\'.repeat(500_000)}"`);
  const startedAt = performance.now();
  readBody(body);
  const hostile = Buffer.from(`[${Array.from({ length: 150_000 }, () => '"\\""').join(',')}]`);
  readBody(hostile);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
