import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMatcher, type Matcher, matchesAll, matchOperators } from './matcher.ts';
import { createMatcherIndex, indexRules } from './matcher-index.ts';
import { parseMatcher } from './parse-matcher.ts';

const matcher: fc.Arbitrary<Matcher> = fc
  .record({
    name: fc.constantFrom('a', 'b', 'c'),
    operator: fc.constantFrom(...matchOperators),
    value: fc.constantFrom('', '1', '2', '1|2', '|1', '.+', '1|2.', '[12]'),
  })
  .map(createMatcher);
const labels = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('', '1', '2', '2x'));

test('finds what trying every item finds, in the order in which they were added, also after removals', () => {
  const item = fc.record({ matchers: fc.array(matcher, { maxLength: 3 }), removed: fc.boolean() });
  fc.assert(
    fc.property(fc.array(item, { maxLength: 30 }), fc.array(labels, { minLength: 1 }), (items, samples) => {
      const index = createMatcherIndex<(typeof items)[number]>();
      for (const it of items) index.add(it, it.matchers);
      for (const it of items) if (it.removed) index.remove(it);
      const kept = items.filter(({ removed }) => !removed);
      expect(index.size).toBe(kept.length);
      for (const sample of samples) {
        expect(index.find(sample)).toEqual(kept.filter(({ matchers }) => matchesAll(matchers, sample)));
      }
    }),
    { numRuns: 1_000 },
  );
});

test('tries only what is filed under the values of an alert', () => {
  const tried: number[] = [];
  const rules = Array.from({ length: 100 }, (_, number) => number);
  const index = indexRules(rules, (number) => [
    parseMatcher('alertname="Disk"'),
    parseMatcher(`instance=~"db-${number}|web-${number}"`),
    spy(() => tried.push(number)),
  ]);
  expect(index.find({ alertname: 'Disk', instance: 'web-7' })).toEqual([7]);
  // the first one was filed when both of its labels were equally empty
  expect(tried).toEqual([7]);
});

test('forgets labels that nothing is filed under any more', () => {
  const index = createMatcherIndex<string>();
  index.add('x', [parseMatcher('a="1"')]);
  index.remove('x');
  index.remove('never added');
  expect(index.find({ a: '1' })).toEqual([]);
  expect(index.size).toBe(0);
});

function spy(onAsked: () => void): Matcher {
  return {
    name: 'spied',
    operator: '!=',
    value: 'x',
    matchesValue: () => {
      onAsked();
      return true;
    },
  };
}
