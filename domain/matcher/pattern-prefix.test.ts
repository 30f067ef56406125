import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { createMatcher } from './matcher.ts';
import { patternPrefix } from './pattern-prefix.ts';

test.each([
  ['db-.*', 'db-'],
  ['db-1', 'db-1'],
  ['db*', 'd'],
  ['db?x', 'd'],
  ['db+', 'd'],
  ['db{0}', 'd'],
  ['d', 'd'],
  ['*', ''],
  ['.*', ''],
  ['a|b.*', ''],
  ['(db)', ''],
  ['(?i)db', ''],
  ['db\\d', 'db'],
  ['db$', 'db'],
  ['^db', ''],
])('every match of %j begins with %j', (pattern, prefix) => {
  expect(patternPrefix(pattern)).toBe(prefix);
});

test('a matcher means what RE2 says, with and without a prefix', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    '1',
    '-',
    '.',
    '*',
    '?',
    '+',
    '{0}',
    '{2}',
    '(a)',
    '|',
    '\\d',
    '[ab]',
    '$',
    '^',
  );
  const pattern = fc
    .array(piece, { maxLength: 6 })
    .map((pieces) => pieces.join(''))
    .filter(isPattern);
  const value = fc
    .array(fc.constantFrom('a', 'b', '1', '-'), { maxLength: 5 })
    .map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(pattern, fc.array(value, { minLength: 1 }), (text, values) => {
      const expected = values.map((it) => RE2JS.compile(text).testExact(it));
      const positive = createMatcher({ name: 'x', operator: '=~', value: text });
      const negative = createMatcher({ name: 'x', operator: '!~', value: text });
      expect(values.map((it) => positive.matchesValue(it))).toEqual(expected);
      expect(values.map((it) => !negative.matchesValue(it))).toEqual(expected);
    }),
    { numRuns: 2_000 },
  );
});

function isPattern(text: string): boolean {
  try {
    RE2JS.compile(text);
    return true;
  } catch {
    return false;
  }
}
