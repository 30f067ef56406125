import fc from 'fast-check';
import { expect, test } from 'vitest';
import { storableJson } from './storable-json.ts';

test('ordinary text is left as it is', () => {
  const value = { text: '🔥 \\u0000 \\\\ud800 "\n', '\\u0000': 1 };
  expect(storableJson(value)).toEqual({ text: JSON.stringify(value), isReplaced: false });
});

test('NUL and lone surrogates become replacement characters, in keys too', () => {
  const { text, isReplaced } = storableJson({ 'a\0': ['\ud800', '\udfff', '\\\0', '🔥\ud83d'] });
  expect(isReplaced).toBe(true);
  expect(JSON.parse(text)).toEqual({ 'a\ufffd': ['\ufffd', '\ufffd', '\\\ufffd', '🔥\ufffd'] });
});

test('the result is always what the text would be made well-formed first', () => {
  const unit = fc.oneof(
    fc.constantFrom('\0', '\ud800', '\udc00', '\\', 'u', '0000', 'ud800', '"', '🔥', '\n', '\u2028'),
    fc.string({ unit: 'binary', maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 12 }), (parts) => {
      const value = parts.join('');
      const expected = value.toWellFormed().replaceAll('\0', '\ufffd');
      const { text, isReplaced } = storableJson([value]);
      expect(JSON.parse(text)).toEqual([expected]);
      expect(isReplaced).toBe(expected !== value);
      expect(text).not.toMatch(/(?<!\\)(?:\\\\)*\\u0000/);
    }),
    { numRuns: 5_000 },
  );
});
