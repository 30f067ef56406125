import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Labels } from '../alert/alert.ts';
import { limits } from '../limits.ts';
import { createMatcher, labelValueOf, matchesAll } from '../matcher/matcher.ts';
import { parseMatcher } from '../matcher/parse-matcher.ts';
import { isInhibitor, textOfInhibitRules } from './inhibit.ts';
import { createInhibitorBook, type InhibitorBook } from './inhibitor-book.ts';
import type { InhibitRule } from './rules.ts';

function rule(source: string[], target: string[], equal: string[] = []): InhibitRule {
  return { name: 'rule', source: source.map(parseMatcher), target: target.map(parseMatcher), equal };
}

let streams = 0;
function fire(book: InhibitorBook, labels: Labels, tenant = 'default'): string {
  streams += 1;
  const stream = `alert-${streams}`;
  book.note({ stream, tenant, alert: { labels }, firing: true });
  return stream;
}

const severities = rule(['severity="critical"'], ['severity="warning"'], ['cluster', 'service']);

// Each row says what https://prometheus.io/docs/alerting/latest/configuration/#inhibition-related-settings says of
// `inhibit_rule`: which alerts a firing one keeps quiet.
test.each<[string, InhibitRule, Labels, Labels, boolean]>([
  [
    'source and target match and the labels in equal agree',
    severities,
    { severity: 'critical', cluster: 'a', service: 's' },
    { severity: 'warning', cluster: 'a', service: 's', instance: 'x' },
    true,
  ],
  [
    'one label in equal differs',
    severities,
    { severity: 'critical', cluster: 'a', service: 's' },
    { severity: 'warning', cluster: 'b', service: 's' },
    false,
  ],
  ['no label in equal stands on either', severities, { severity: 'critical' }, { severity: 'warning' }, true],
  [
    'a missing label is the same as an empty one',
    severities,
    { severity: 'critical', cluster: '' },
    { severity: 'warning', service: '' },
    true,
  ],
  [
    'a label in equal stands on the source alone',
    severities,
    { severity: 'critical', cluster: 'a' },
    { severity: 'warning' },
    false,
  ],
  ['the target side does not match', severities, { severity: 'critical' }, { severity: 'info' }, false],
  ['the source side does not match', severities, { severity: 'error' }, { severity: 'warning' }, false],
  [
    'without equal, every source inhibits every target',
    rule(['alertname="Down"'], ['team="db"']),
    { alertname: 'Down', cluster: 'a' },
    { team: 'db', cluster: 'b' },
    true,
  ],
  [
    'both match both sides: neither inhibits the other',
    rule(['severity=~"critical|warning"'], ['severity=~"warning|critical"'], ['cluster']),
    { severity: 'critical', cluster: 'a' },
    { severity: 'warning', cluster: 'a' },
    false,
  ],
  [
    'the target matches both sides, the source only its own: inhibited',
    rule(['severity=~"critical|warning"'], ['severity="warning"']),
    { severity: 'critical' },
    { severity: 'warning' },
    true,
  ],
  [
    'the source matches both sides, the target only its own: inhibited',
    rule(['severity="critical"'], ['severity=~"critical|warning"']),
    { severity: 'critical' },
    { severity: 'warning' },
    true,
  ],
])('%s', (_, inhibit, source, target, expected) => {
  const book = createInhibitorBook();
  book.follow([inhibit]);
  const rules = [inhibit];
  book.follow(rules);
  fire(book, source);
  expect(book.find(rules, { tenant: 'default', labels: target }) !== undefined).toBe(expected);
});

describe('an alert that inhibits', () => {
  const rules = [severities];
  const target = { tenant: 'default', labels: { severity: 'warning' } };
  const source = { severity: 'critical' };

  test('does so no longer once it is resolved, and another one still does', () => {
    const book = createInhibitorBook();
    book.follow(rules);
    const [one, two] = [fire(book, source), fire(book, source)];
    book.note({ stream: one, tenant: 'default', alert: { labels: source }, firing: false });
    expect(book.find(rules, target)?.name).toBe('rule');
    book.note({ stream: two, tenant: 'default', alert: { labels: source }, firing: false });
    expect(book.find(rules, target)).toBeUndefined();
    expect(book.size).toBe(0);
  });

  test('counts once however often it is noted, and with the labels that it has now', () => {
    const book = createInhibitorBook();
    book.follow(rules);
    const note = (labels: Labels, firing = true) =>
      book.note({ stream: 'alert-x', tenant: 'default', alert: { labels }, firing });
    note(source);
    note(source);
    expect(book.size).toBe(1);
    note({ severity: 'critical', cluster: 'a' });
    expect(book.find(rules, target)).toBeUndefined();
    note({ severity: 'critical' });
    note({ severity: 'info' });
    expect(book.find(rules, target)).toBeUndefined();
    expect(book.size).toBe(0);
  });

  test('tells that something changed when it comes, changes and goes, and not when it is repeated', () => {
    const book = createInhibitorBook();
    book.follow(rules);
    const revisionAfter = (labels: Labels, firing: boolean) => {
      const before = book.revision;
      book.note({ stream: 'alert-x', tenant: 'default', alert: { labels }, firing });
      return book.revision > before;
    };
    expect(revisionAfter({ severity: 'warning' }, true)).toBe(false);
    expect(revisionAfter({ severity: 'critical' }, true)).toBe(true);
    expect(revisionAfter({ severity: 'critical' }, true)).toBe(false);
    expect(revisionAfter({ severity: 'critical', cluster: 'a' }, true)).toBe(true);
    expect(revisionAfter({ severity: 'critical', cluster: 'a' }, false)).toBe(true);
    expect(revisionAfter({ severity: 'critical', cluster: 'a' }, false)).toBe(false);
  });

  test('inhibits nothing of another tenant', () => {
    const book = createInhibitorBook();
    book.follow(rules);
    fire(book, source, 'other');
    expect(book.find(rules, target)).toBeUndefined();
    expect(book.find(rules, { ...target, tenant: 'other' })).toBe(severities);
  });

  test('does not mix up neighbouring values', () => {
    const book = createInhibitorBook();
    book.follow(rules);
    fire(book, { ...source, cluster: 'ab', service: 'c' });
    fire(book, { ...source, cluster: 'x1:', service: '' });
    const asked = (labels: Labels) =>
      book.find(rules, { tenant: 'default', labels: { severity: 'warning', ...labels } });
    expect(asked({ cluster: 'a', service: 'bc' })).toBeUndefined();
    expect(asked({ cluster: 'x', service: ':' })).toBeUndefined();
    fire(book, { ...source, cluster: 'a:b', service: 'c' });
    expect(asked({ cluster: 'a', service: 'b:c' })).toBeUndefined();
    expect(asked({ cluster: 'ab', service: 'c' })).toBe(severities);
  });
});

describe('over a change of the rules', () => {
  test('an alert of the book inhibits under the new rules at once, and under the old ones still', () => {
    const book = createInhibitorBook();
    const [before, after] = [[severities], [rule(['severity="critical"'], ['severity="info"'])]];
    book.follow(before);
    fire(book, { severity: 'critical' });
    book.follow(after);
    const asked = (rules: readonly InhibitRule[], severity: string) =>
      book.find(rules, { tenant: 'default', labels: { severity } }) !== undefined;
    expect([asked(before, 'warning'), asked(before, 'info')]).toEqual([true, false]);
    expect([asked(after, 'warning'), asked(after, 'info')]).toEqual([false, true]);
  });

  test('rules that nobody uses any more are let go, and alerts that only they had as a source', () => {
    const book = createInhibitorBook();
    book.follow([severities]);
    fire(book, { severity: 'critical' });
    expect(book.size).toBe(1);
    for (let version = 0; version < limits.maxLiveRuleSets; version += 1) {
      book.follow([rule([`version="${version}"`], ['a="b"'])]);
    }
    expect(book.size).toBe(0);
  });

  test('rules that a reload made anew and left as they are cost nothing, and push no others out', () => {
    const book = createInhibitorBook();
    const first = [severities];
    book.follow(first);
    fire(book, { severity: 'critical' });
    for (let version = 0; version <= limits.maxLiveRuleSets; version += 1) {
      const again = [rule(['severity="critical"'], ['severity="warning"'], ['cluster', 'service'])];
      expect(textOfInhibitRules(again)).toBe(textOfInhibitRules(first));
      expect(book.find(again, { tenant: 'default', labels: { severity: 'warning' } })).toBe(severities);
    }
    expect(textOfInhibitRules([rule(['a="b"'], ['c="d"'])])).not.toBe(textOfInhibitRules(first));
  });

  test('without rules nothing is kept and nothing inhibited', () => {
    const book = createInhibitorBook();
    const none: InhibitRule[] = [];
    book.follow(none);
    fire(book, { severity: 'critical' });
    expect(book.size).toBe(0);
    expect(book.find(none, { tenant: 'default', labels: {} })).toBeUndefined();
  });
});

test('beyond its limit an alert inhibits nobody, and that is counted', () => {
  const book = createInhibitorBook();
  const rules = [rule(['a=~".+"'], ['b="1"'], ['a'])];
  book.follow(rules);
  const labels = { a: 'x' };
  for (let index = 0; index < limits.maxInhibitors; index += 1) fire(book, labels);
  fire(book, { a: 'y' });
  expect([book.size, book.refused]).toEqual([limits.maxInhibitors, 1]);
  const asked = (a: string) => book.find(rules, { tenant: 'default', labels: { a, b: '1' } });
  expect([asked('x'), asked('y')]).toEqual([rules[0], undefined]);
});

test('says which alerts are a source of some rule', () => {
  const rules = [severities];
  expect(isInhibitor(rules, { labels: { severity: 'critical' } })).toBe(true);
  expect(isInhibitor(rules, { labels: { severity: 'warning' } })).toBe(false);
  expect(isInhibitor([], { labels: { severity: 'critical' } })).toBe(false);
});

/** What Alertmanager does: look at every firing source of every rule. */
function findNaively(
  rules: readonly InhibitRule[],
  firing: Iterable<{ tenant: string; labels: Labels }>,
  target: { tenant: string; labels: Labels },
): InhibitRule | undefined {
  const all = [...firing];
  return rules.find((it) => {
    if (!matchesAll(it.target, target.labels)) return false;
    const isTwoSided = matchesAll(it.source, target.labels);
    return all.some(
      (source) =>
        source.tenant === target.tenant &&
        matchesAll(it.source, source.labels) &&
        it.equal.every((name) => labelValueOf(source.labels, name) === labelValueOf(target.labels, name)) &&
        !(isTwoSided && matchesAll(it.target, source.labels)),
    );
  });
}

test('says what asking every firing alert says, whatever fired, cleared or was reloaded', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const matcher = fc
    .record({
      name,
      operator: fc.constantFrom('=' as const, '!=' as const, '=~' as const),
      value: fc.constantFrom('', '1', '1|2'),
    })
    .map(createMatcher);
  const inhibit = fc.record({
    name: fc.constant('r'),
    source: fc.array(matcher, { maxLength: 2 }),
    target: fc.array(matcher, { maxLength: 2 }),
    equal: fc.uniqueArray(name, { maxLength: 2 }),
  });
  const alert = fc.record({
    tenant: fc.constantFrom('t', 'u'),
    labels: fc.dictionary(name, fc.constantFrom('', '1', '2')),
  });
  const step = fc.record({ stream: fc.constantFrom('1', '2', '3', '4', '5'), alert, firing: fc.boolean() });
  const scene = fc.record({
    rules: fc.array(inhibit, { minLength: 1, maxLength: 4 }),
    steps: fc.array(step, { maxLength: 20 }),
    targets: fc.array(alert, { minLength: 1 }),
  });
  fc.assert(
    fc.property(scene, ({ rules, steps, targets }) => {
      const book = createInhibitorBook();
      book.follow(rules);
      const firing = new Map<string, (typeof targets)[number]>();
      for (const { stream, alert: it, firing: fires } of steps) {
        book.note({ stream, tenant: it.tenant, alert: it, firing: fires });
        firing.delete(stream);
        if (fires) firing.set(stream, it);
      }
      for (const target of [...targets, ...firing.values()]) {
        const expected = findNaively(rules, firing.values(), target);
        expect(book.find(rules, target)).toBe(expected);
        // the same rules, loaded again: built from what is in the book
        const reloaded = rules.slice();
        expect(book.find(reloaded, target)).toBe(expected);
      }
    }),
    { numRuns: 1_000 },
  );
});
