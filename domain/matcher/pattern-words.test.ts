import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { patternWords } from './pattern-words.ts';

test.each([
  ['payments|core', ['payments', 'core']],
  ['eu-1', ['eu-1']],
  ['', ['']],
  ['a|', ['a', '']],
])('%j lists texts', (pattern, words) => {
  expect([...(patternWords(pattern) ?? [])]).toEqual(words);
});

test.each(['a.b', 'a+', '(a|b)', '^a', 'a$', '[ab]', 'a\\d', 'a?', 'a{2}', 'a\n', 'é'])(
  '%j is more than a list',
  (pattern) => {
    expect(patternWords(pattern)).toBeUndefined();
  },
);

test('matches what the regular expression matches', () => {
  const character = fc.constantFrom(...'ab|-:/_ 0A.\n');
  const text = fc.string({ unit: character, maxLength: 6 });
  fc.assert(
    fc.property(text, fc.array(text, { minLength: 5 }), (pattern, values) => {
      const words = patternWords(pattern);
      if (words === undefined) return;
      const compiled = RE2JS.compile(pattern);
      for (const value of [...values, ...words]) expect(words.has(value)).toBe(compiled.testExact(value));
    }),
    { numRuns: 1_000 },
  );
});
