import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { createMatcher, formatMatcher, matches, matchOperators } from './matcher.ts';
import { parseMatcher, parseMatchers } from './parse-matcher.ts';

const read = (text: string) => {
  const { name, operator, value } = parseMatcher(text);
  return [name, operator, value];
};

test.each([
  // Both syntaxes.
  ['foo=bar', 'foo', '=', 'bar'],
  ['foo="bar"', 'foo', '=', 'bar'],
  [' foo  !=  "bar" ', 'foo', '!=', 'bar'],
  ['foo=~"a|b"', 'foo', '=~', 'a|b'],
  ['foo!~a.*', 'foo', '!~', 'a.*'],
  ['foo=""', 'foo', '=', ''],
  ['foo=" a "', 'foo', '=', ' a '],
  ['foo="a,b"', 'foo', '=', 'a,b'],
  ['foo="a=b"', 'foo', '=', 'a=b'],
  ['foo="say \\"hi\\""', 'foo', '=', 'say "hi"'],
  ['foo="a\\\\b"', 'foo', '=', 'a\\b'],
  ['foo="a\\nb"', 'foo', '=', 'a\nb'],
  ['foo="🙂"', 'foo', '=', '🙂'],
  // Classic only.
  ['foo=', 'foo', '=', ''],
  ['foo=bar baz', 'foo', '=', 'bar baz'],
  ['foo=a{2}', 'foo', '=', 'a{2}'],
  ['foo=~[a-z]{2,3}', 'foo', '=~', '[a-z]{2,3}'],
  ['foo==bar', 'foo', '=', '=bar'],
  ['foo:bar=x', 'foo:bar', '=', 'x'],
  ['foo=~"\\d+"', 'foo', '=~', '\\d+'],
  ['foo=C:\\', 'foo', '=', 'C:\\'],
  ["foo='bar'", 'foo', '=', "'bar'"],
  // Both read it, differently: the classic meaning wins.
  ['foo="\\xf0\\x9f\\x99\\x82"', 'foo', '=', '\\xf0\\x9f\\x99\\x82'],
  ['foo="a\\tb"', 'foo', '=', 'a\\tb'],
  // UTF-8 only.
  ['🙂=bar', '🙂', '=', 'bar'],
  ['foo.bar=baz', 'foo.bar', '=', 'baz'],
  ['"foo bar"="baz"', 'foo bar', '=', 'baz'],
  ['"foo"=bar', 'foo', '=', 'bar'],
  ['"a=b"!="c"', 'a=b', '!=', 'c'],
  ['"foo\\tbar"="\\u00e9\\x41\\101"', 'foo\tbar', '=', 'éAA'],
  ['"foo bar"="\\xf0\\x9f\\x99\\x82"', 'foo bar', '=', '🙂'],
  ['"foo bar"="\\U0001F642"', 'foo bar', '=', '🙂'],
])('reads %j', (text, name, operator, value) => {
  expect(read(text)).toEqual([name, operator, value]);
});

test.each([
  ['', /a label name/],
  ['foo', /one of = != =~ !~/],
  ['=bar', /a label name/],
  ['foo~bar', /one of/],
  ['foo="bar', /value/],
  ['foo=bar"', /special characters/],
  ['foo="a"b"', /special characters/],
  ['""="x"', /name is empty/],
  ['"a b"=', /a value is expected/],
  ['"a b"=c d', /special characters/],
  ['"a b"="\\q"', /unknown escape/],
  ['"a b"="\\xff"', /unknown escape/],
  ['"a b"="\\ud800"', /unknown escape/],
  ['"a b"="\\777"', /unknown escape/],
  ['foo=~"["', /regular expression: missing/],
  ['foo=~"(?=a)"', /regular expression/],
  ['foo=~"(a)\\\\1"', /regular expression/],
  ['foo=~"a)(b"', /regular expression: unexpected \)/],
  ['foo=~"(a{1000}){1000}"', /repeat count/],
  [`foo="${'x'.repeat(limits.maxPatternBytes + 1)}"`, /value is longer than/],
  [`${'f'.repeat(limits.maxLabelNameBytes + 1)}=x`, /name is longer than/],
  ['x'.repeat(limits.maxMatcherLength + 1), /matcher is longer than/],
])('refuses %j', (text, detail) => {
  expect(() => parseMatcher(text)).toThrow(
    expect.objectContaining({ code: 'invalid_config', detail: expect.stringMatching(detail) }),
  );
});

test.each([
  ['foo="bar"', { foo: 'bar' }, true],
  ['foo="bar"', { foo: 'Bar' }, false],
  ['foo=""', {}, true],
  ['foo=""', { foo: 'x' }, false],
  ['foo!=""', {}, false],
  ['foo!="bar"', {}, true],
  ['foo=~"bar"', { foo: 'bar' }, true],
  ['foo=~"bar"', { foo: 'foobar' }, false],
  ['foo=~"bar"', { foo: 'bar\n' }, false],
  ['foo=~"a|b"', { foo: 'ab' }, false],
  ['foo=~"a|bc"', { foo: 'abc' }, false],
  ['foo=~".*"', {}, true],
  ['foo=~".+"', {}, false],
  ['foo=~".+"', { foo: 'a\nb' }, false],
  ['foo=~"(?s).+"', { foo: 'a\nb' }, true],
  ['foo=~""', {}, true],
  ['foo!~"a.*"', {}, true],
  ['foo!~"a.*"', { foo: 'abc' }, false],
  ['foo=~"(?i)BAR"', { foo: 'bar' }, true],
  ['foo=~"^bar$"', { foo: 'bar' }, true],
  ['foo=~"."', { foo: '🙂' }, true],
  ['toString=""', {}, true],
  ['__proto__=""', {}, true],
])('%s on %j is %s', (text, labels, expected) => {
  expect(matches(parseMatcher(text), labels)).toBe(expected);
});

test.each([
  ['', []],
  ['{}', []],
  ['a="b"', ['a="b"']],
  ['{a="b",c!="d"}', ['a="b"', 'c!="d"']],
  ['{ a="b" , c=~"d,e" , }', ['a="b"', 'c=~"d,e"']],
  ['a="b,\\"c",d=e', ['a="b,\\"c"', 'd="e"']],
  ['{"a, b"="}"}', ['"a, b"="}"']],
])('reads the list %j', (text, expected) => {
  expect(parseMatchers(text).map(formatMatcher)).toEqual(expected);
});

test.each([
  ['{a="b"', /closing brace/],
  ['a=b,,c=d', /between two commas/],
  [',', /between two commas/],
])('refuses the list %j', (text, detail) => {
  expect(() => parseMatchers(text)).toThrow(detail);
});

test('refuses a list of more matchers than an alert has labels', () => {
  expect(() => parseMatchers(Array.from({ length: 65 }, (_, index) => `a${index}=b`).join())).toThrow(
    /more than 64/,
  );
});

test('reads back any matcher that it wrote', () => {
  const parts = fc.record({
    name: fc.string({ minLength: 1, maxLength: 30 }),
    operator: fc.constantFrom(...matchOperators.slice(0, 2)),
    value: fc.string({ maxLength: 60 }),
  });
  fc.assert(
    fc.property(parts, (given) => {
      const written = formatMatcher(createMatcher(given));
      expect(formatMatcher(parseMatchers(`{${written}}`)[0] ?? given)).toBe(written);
    }),
  );
});

test('never throws anything but invalid_config', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'ab{}!=~,\\"\'`| \n()[]*+?x0🙂'), maxLength: 40 }),
      (text) => {
        try {
          parseMatchers(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_config' });
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

test('takes linear time for patterns that stall backtracking engines', () => {
  const matcher = parseMatcher('foo=~"(x+x+)+y"');
  expect(matches(matcher, { foo: 'x'.repeat(limits.maxLabelValueBytes) })).toBe(false);
});
