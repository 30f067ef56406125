import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { parseLabelExpression } from './parse-label-expression.ts';

test.each<[string, Record<string, string>, boolean]>([
  ['team="db"', { team: 'db' }, true],
  ['team="db"', {}, false],
  ['team!="db"', {}, true],
  [' team = db ', { team: 'db' }, true],
  ['team=~"d.|w.*"', { team: 'web' }, true],
  ['not team="db"', { team: 'db' }, false],
  ['not not team="db"', { team: 'db' }, true],
  ['team="db" and env="prod"', { team: 'db' }, false],
  ['team="db" and env="prod"', { team: 'db', env: 'prod' }, true],
  ['team="db" or env="prod"', { env: 'prod' }, true],
  ['team="db" or env="prod"', {}, false],
  // not binds tightest, then and
  ['a="1" or b="1" and c="1"', { a: '1' }, true],
  ['(a="1" or b="1") and c="1"', { a: '1' }, false],
  ['not a="1" and b="1"', { b: '1' }, true],
  ['not (a="1" and b="1")', { a: '1' }, true],
  ['not(a="1")or(b="1")', { a: '1', b: '1' }, true],
  ['a="1"\n  and b="1"', { a: '1', b: '1' }, true],
  ['team="db" and not (env="prod" or severity="critical")', { team: 'db', env: 'test' }, true],
  ['team="db" and not (env="prod" or severity="critical")', { team: 'db', severity: 'critical' }, false],
  // keywords within quotes, as names of labels, and as beginnings of names
  ['a="x or y"', { a: 'x or y' }, true],
  ['a=") and ("', { a: ') and (' }, true],
  ['not="x"', { not: 'x' }, true],
  ['not = "x"', { not: 'x' }, true],
  ['not not!="x"', { not: 'x' }, true],
  ['and="x" and or=~"y"', { and: 'x', or: 'y' }, true],
  ['notes="x" and android="y"', { notes: 'x', android: 'y' }, true],
  ['not "a b"="x"', { 'a b': 'x' }, false],
  ['a="say \\"hi\\""', { a: 'say "hi"' }, true],
])('%s on %j: %s', (text, labels, expected) => {
  const expression = parseLabelExpression(text);
  expect(expression.matches(labels)).toBe(expected);
  expect(expression.text).toBe(text);
});

test.each([
  ['', /a matcher .* at character 1/],
  ['team', /a matcher .* at character 1/],
  ['team="db" env="prod"', /and, or, or the end is expected at character 11/],
  ['team="db" AND env="prod"', /at character 11/],
  ['team="db" and', /a matcher .* at character 14/],
  ['and team="db"', /at character 1/],
  ['(team="db"', /a closing parenthesis is expected at character 11/],
  ['team="db")', /the end is expected at character 10/],
  ['()', /a matcher .* at character 2/],
  ['not', /a matcher .* at character/],
  ['team=(a|b)', /a matcher/],
  ['team=', /a matcher/],
  ['team="db', /a matcher/],
  ['team=~"["', /regular expression/],
  ['a="1", b="2"', /and, or, or the end is expected at character 6/],
  [`${'('.repeat(limits.maxExpressionDepth + 1)}a="1"`, /nested more than/],
  [`${'not '.repeat(limits.maxExpressionDepth + 1)}a="1"`, /nested more than/],
  [
    Array.from({ length: limits.maxExpressionMatchers + 1 }, () => 'a=1').join(' and '),
    /more than 64 matchers/,
  ],
  [`a="${'x'.repeat(limits.maxExpressionLength)}"`, /longer than/],
])('refuses %j', (text, detail) => {
  expect(() => parseLabelExpression(text)).toThrow(
    expect.objectContaining({ code: 'invalid_config', detail: expect.stringMatching(detail) }),
  );
});

test('depth counts what is open at once, not all parentheses', () => {
  const text = Array.from({ length: limits.maxExpressionDepth + 1 }, () => '(a="1")').join(' or ');
  expect(parseLabelExpression(text).matches({ a: '1' })).toBe(true);
});

type Tree = { readonly text: string; holds(labels: Record<string, string>): boolean };

test('means what the tree means that it was written from', () => {
  const { tree } = fc.letrec<{ tree: Tree; leaf: Tree; not: Tree; pair: Tree }>((tie) => ({
    leaf: fc
      .record({ name: fc.constantFrom('a', 'b', 'or'), value: fc.constantFrom('1', '2', ') or (') })
      .map(({ name, value }) => ({
        text: `${name}="${value}"`,
        holds: (labels) => labels[name] === value,
      })),
    not: tie('tree').map(({ text, holds }) => ({ text: `not (${text})`, holds: (labels) => !holds(labels) })),
    pair: fc
      .record({ left: tie('tree'), right: tie('tree'), word: fc.constantFrom('and', 'or') })
      .map(({ left, right, word }) => ({
        text: `(${left.text}) ${word} (${right.text})`,
        holds: (labels) =>
          word === 'and'
            ? left.holds(labels) && right.holds(labels)
            : left.holds(labels) || right.holds(labels),
      })),
    tree: fc.oneof({ maxDepth: 5, depthSize: 'small' }, tie('leaf'), tie('not'), tie('pair')),
  }));
  const labels = fc.dictionary(fc.constantFrom('a', 'b', 'or'), fc.constantFrom('1', '2', ') or ('));
  fc.assert(
    fc.property(tree, labels, ({ text, holds }, sample) => {
      expect(parseLabelExpression(text).matches(sample)).toBe(holds(sample));
    }),
    { numRuns: 1_000 },
  );
});

test('hostile texts are read or refused in no time', () => {
  for (const piece of ['"', '\\', '((((', 'not', 'a="', 'a=~"(', ' ', 'or', '"a"', 'a\\"']) {
    const startMs = performance.now();
    try {
      parseLabelExpression(piece.repeat(Math.floor(limits.maxExpressionLength / piece.length)));
    } catch (error) {
      expect(error).toMatchObject({ code: 'invalid_config' });
    }
    expect(performance.now() - startMs).toBeLessThan(1_000);
  }
});
