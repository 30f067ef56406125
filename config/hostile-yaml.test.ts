import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limits } from '../domain/limits.ts';
import { load, problemsOf } from './testing/load-fixture.ts';

/** Far above what any of them takes; quadratic time would take minutes. */
const timeout = 30_000;

const bomb = [
  'a: &a0 [x, x, x, x, x, x, x, x, x, x]',
  ...Array.from(
    { length: 12 },
    (_, index) => `b${index}: &a${index + 1} [${Array(10).fill(`*a${index}`).join(', ')}]`,
  ),
].join('\n');

test.each([
  ['deep flow lists', '['.repeat(100_000), /nested|missing/],
  ['deep flow maps', '{a: '.repeat(50_000), /nested|missing/],
  ['deep block lists', '- '.repeat(20_000), /nested/],
  [
    'a little too deep',
    `a: ${'['.repeat(30)}${']'.repeat(30)}`,
    /^1: a.*: is nested more than 16 levels deep$/,
  ],
  ['an alias bomb', bomb, /more than 100000 values/],
  ['an alias inside of its own anchor', 'a: &a [*a]', /nested more than/],
  ['an alias of nothing', 'a: *nothing', /no such anchor/],
  ['an anchor that comes too late', 'a: *x\nb: &x 1', /no such anchor/],
  ['a huge file', `# ${'x'.repeat(limits.maxConfigBytes)}`, /larger than/],
  ['__proto__', '__proto__: { version: 1 }', /^1: __proto__: this name is reserved$/],
  [
    'constructor',
    'channels: { constructor: { type: console } }',
    /^1: channels.constructor: this name is reserved$/,
  ],
  [
    'a channel named __proto__',
    'channels: { __proto__: { type: console } }',
    /^1: channels.__proto__: this name is reserved$/,
  ],
  [
    'a mapping of __proto__',
    'sources: [{ name: s, type: generic, mapping: { labels: { __proto__: /a } } }]',
    /^1: .*__proto__: this name is reserved$/,
  ],
  ['a route inside of itself', 'routes: &r [{ policy: p, routes: *r }]', /nested more than 16 levels deep$/],
  [
    'a branch inside of itself',
    'policies: { p: { steps: &s [{ if: { alerts: 2 }, then: *s }] } }',
    /nested more than 16 levels deep$/,
  ],
  ['a user named __proto__', 'users: { __proto__: {} }', /^1: users.__proto__: this name is reserved$/],
  [
    'a contact named constructor',
    'users: { amy: { contacts: { constructor: { type: console } } } }',
    /^1: users.amy.contacts.constructor: this name is reserved$/,
  ],
  [
    'more contacts than anybody has',
    `users: { amy: { contacts: { ${Array.from({ length: 21 }, (_, index) => `c${index}: { type: console }`).join(', ')} } } }`,
    /^1: users\.amy\.contacts: must have at most 20 contacts$/,
  ],
  [
    'a condition that nests without end',
    `suppress: [{ when: '${'('.repeat(50_000)}' }]`,
    /^1: suppress\[0\]\.when: is not a valid condition/,
  ],
  [
    'a pattern that backtracks without end elsewhere',
    `processors: [{ redact: { patterns: ['(a{1,1000}){1,1000}'] } }]`,
    /^1: processors\[0\]\.redact\.patterns\[0\]: is not a valid regular expression/,
  ],
  [
    'more words of a sender than anybody has',
    `sources: [{ name: s, type: generic, mapping: { severity: { path: /p, values: { ${Array.from({ length: 65 }, (_, index) => `w${index}: info`).join(', ')} } } } }]`,
    /^1: sources\[0\]\.mapping\.severity\.values: must have at most 64 values$/,
  ],
  ['an endless number', 'version: 1e309', /^1: version: must be 1$/],
  ['not a number', 'version: .nan', /^1: version: must be 1$/],
  ['NUL in the file', 'version: 1\nlisten: a\0b', /^2: : the file has a NUL character$/],
  ['NUL as an escape', 'listen: "a\\0b"', /^1: listen: has a character that cannot be stored/],
  ['half a surrogate pair', 'listen: "a\\ud800b"', /^1: listen: has a character that cannot be stored/],
  ['half a pair as a key', '"a\\ud800b": 1', /the name has a character that cannot be stored/],
  ['a merge key', 'x: &x { a: 1 }\n<<: *x', /^2: \["<<"\]: unknown key$/],
  ['a merge key of YAML 1.1', '%YAML 1.1\n---\nx: &x { a: 1 }\n<<: *x', /^4: \["<<"\]: unknown key$/],
  ['a boolean of YAML 1.1', '%YAML 1.1\n---\nversion: yes', /^3: version: must be 1$/],
  ['a tag', 'version: !!js/function "x"', /^1: : tags are not supported$/],
  ['a binary', 'version: !!binary aGk=', /^1: : tags are not supported$/],
  ['two documents', 'version: 1\n---\nversion: 1', /^2: : the file must hold one document only$/],
  ['a list as a key', '? [a]\n: 1', /a key must be a plain name/],
  ['a tab', 'sources:\n\t- x', /^2: : tabs are not allowed as indentation$/],
  ['a terminal escape in a key', '"\\e[31mred": 1', /^1: \["\\u001b\[31mred"\]: unknown key$/],
  ['an open quote', 'version: "1', /^1: : a quote, brace, bracket/],
  ['a twofold key', 'version: 1\nversion: 1', /^2: version: stands twice, first on line 1$/],
  ['nothing', '', /^1: : must be a map of keys and values$|is empty/],
  ['a text', 'tocsin', /^1: : must be a map of keys and values$/],
])('tells of %s', { timeout }, async (_, text, problem) => {
  const problems = await problemsOf(text);
  expect(
    problems.some((line) => problem.test(line)),
    problems.slice(0, 5).join('\n'),
  ).toBe(true);
});

test('twenty thousand keys and aliases end within the time limit', { timeout }, async () => {
  const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}: ${index % 2 === 0 ? '&a 1' : '*a'}`);
  expect((await load(keys.join('\n'))).ok).toBe(false);
});

test('never throws, whatever the text is', { timeout }, async () => {
  const token = fc.constantFrom(
    'a',
    ':',
    ' ',
    '\n',
    '- ',
    '[',
    ']',
    '{',
    '}',
    ',',
    '&x ',
    '*x',
    '!t ',
    '"',
    "'",
    '|',
    '>',
    '#',
    '\t',
    '? ',
    '%',
    '${',
    '}',
    '1',
    '~',
    'sources',
    'routes',
    'channels',
    'policies',
    '\\',
    '\ud800',
    '\0',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(token, { maxLength: 30 }), async (tokens) => {
      const result = await load(tokens.join(''));
      expect(result.ok).toBe(false);
      for (const problem of result.ok ? [] : result.problems) {
        expect(problem.line).toBeGreaterThan(0);
        expect(problem.reason).not.toBe('');
      }
    }),
    { numRuns: 3_000 },
  );
});
