import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { silenceStreamOf } from '../ids.ts';
import { limits } from '../limits.ts';
import { createMatcher, matchesAll, matchOperators } from '../matcher/matcher.ts';
import { parseMatcher } from '../matcher/parse-matcher.ts';
import { initialSilenceState, type Silence, silenceStatusAt } from './silence.ts';
import { createSilenceBook, type SilenceBook } from './silence-book.ts';

const isoOf = (epochMs: number) => new Date(epochMs).toISOString();

function aSilence(overrides: Partial<Silence> = {}): Silence {
  return {
    id: 'one',
    tenant: 'default',
    matchers: [{ name: 'team', operator: '=', value: 'db' }],
    startsAt: isoOf(1_000),
    endsAt: isoOf(2_000),
    createdBy: 'amy',
    comment: 'c',
    ...overrides,
  };
}

function apply(book: SilenceBook, silence: Silence, version = 0): void {
  book.apply(silenceStreamOf(silence.id), version, { status: 'known', silence });
}

// https://prometheus.io/docs/alerting/latest/alertmanager/#silences: an alert is silenced when it matches all equality
// and regular expression matchers of an active silence. A label that is not there counts as empty (…/configuration/#matcher).
test.each<[string[], Record<string, string>, boolean]>([
  [['team="db"'], { team: 'db', x: 'y' }, true],
  [['team="db"'], { team: 'web' }, false],
  [['team="db"'], {}, false],
  [['team="db"', 'env="prod"'], { team: 'db' }, false],
  [['team="db"', 'env="prod"'], { team: 'db', env: 'prod' }, true],
  [['team="db"', 'env!="prod"'], { team: 'db' }, true],
  [['team="db"', 'env=""'], { team: 'db' }, true],
  [['team="db"', 'env=""'], { team: 'db', env: 'prod' }, false],
  [['team=~"d"'], { team: 'db' }, false],
  [['team=~"d."'], { team: 'db' }, true],
  [['team=~"web|db"'], { team: 'db' }, true],
  [['team!~"web|db"'], { team: 'ops' }, true],
  [['team!~"web|db"'], { team: 'db' }, false],
])('the silence %j on %j: %s', (matchers, labels, expected) => {
  const book = createSilenceBook();
  apply(book, aSilence({ matchers: matchers.map(parseMatcher) }));
  expect(book.find('default', labels, 1_500) !== undefined).toBe(expected);
});

test.each([
  [999, false],
  [1_000, true],
  [1_999, true],
  [2_000, false],
])('at %i ms a silence from 1,000 to 2,000 holds: %s', (nowMs, expected) => {
  const book = createSilenceBook();
  apply(book, aSilence());
  expect(book.find('default', { team: 'db' }, nowMs) !== undefined).toBe(expected);
});

test('a silence holds for its tenant alone', () => {
  const book = createSilenceBook();
  apply(book, aSilence({ tenant: 'other' }));
  expect(book.find('default', { team: 'db' }, 1_500)).toBeUndefined();
  expect(book.list('default', 1_500)).toEqual([]);
  expect(book.find('other', { team: 'db' }, 1_500)?.id).toBe('one');
});

test('of several that match, the one that ends last is named', () => {
  const book = createSilenceBook();
  for (const [id, endsAtMs] of Object.entries({ short: 1_800, long: 3_000, middle: 2_500 })) {
    apply(book, aSilence({ id, endsAt: isoOf(endsAtMs) }));
  }
  expect(book.find('default', { team: 'db' }, 1_500)?.id).toBe('long');
});

describe('what is told in any order', () => {
  test('an older version changes nothing', () => {
    const book = createSilenceBook();
    apply(book, aSilence({ endsAt: isoOf(1_400) }), 1);
    apply(book, aSilence(), 0);
    expect(book.find('default', { team: 'db' }, 1_500)).toBeUndefined();
    expect(book.size).toBe(1);
  });

  test('a newer version takes the place of the older one, also under another label', () => {
    const book = createSilenceBook();
    apply(book, aSilence(), 0);
    apply(book, aSilence({ matchers: [{ name: 'env', operator: '=', value: 'prod' }] }), 1);
    expect(book.find('default', { team: 'db' }, 1_500)).toBeUndefined();
    expect(book.find('default', { env: 'prod' }, 1_500)?.id).toBe('one');
    expect(book.get('one')?.matchers[0]?.name).toBe('env');
  });

  test('a stream without events is no silence', () => {
    const book = createSilenceBook();
    book.apply('silence-x', -1, initialSilenceState);
    expect(book.size).toBe(0);
  });

  test('one that was expired is remembered long enough that its creation, told late, revives nothing', () => {
    const book = createSilenceBook();
    apply(book, aSilence({ endsAt: isoOf(1_200) }), 1);
    book.forgetEnded(1_200 + limits.silenceMemoryMs - 1);
    apply(book, aSilence(), 0);
    expect(book.find('default', { team: 'db' }, 1_500)).toBeUndefined();
    book.forgetEnded(1_200 + limits.silenceMemoryMs);
    expect(book.size).toBe(0);
  });
});

test('a pattern that RE2 refuses throws and leaves the book usable', () => {
  const book = createSilenceBook();
  const broken = aSilence({ id: 'broken', matchers: [{ name: 'team', operator: '=~', value: '[' }] });
  expect(() => apply(book, broken)).toThrow(expect.objectContaining({ code: 'invalid_config' }));
  apply(book, aSilence());
  expect(book.find('default', { team: 'db' }, 1_500)?.id).toBe('one');
});

test('lists what is pending and active in the order of their starts', () => {
  const book = createSilenceBook();
  apply(book, aSilence({ id: 'later', startsAt: isoOf(1_700), endsAt: isoOf(1_900) }));
  apply(book, aSilence({ id: 'over', startsAt: isoOf(100), endsAt: isoOf(1_100) }));
  apply(book, aSilence());
  expect(book.list('default', 1_500).map(({ id }) => id)).toEqual(['one', 'later']);
  expect([book.size, book.countOpen(1_500)]).toEqual([3, 2]);
});

test('says what asking every silence says', () => {
  const name = fc.constantFrom('a', 'b');
  const matcher = fc.record({
    name,
    operator: fc.constantFrom(...matchOperators),
    value: fc.constantFrom('', '1', '2', '1|2', '.+'),
  });
  const time = fc.integer({ min: 0, max: 20 });
  const step = fc.record({
    id: fc.constantFrom('x', 'y', 'z', 'w'),
    tenant: fc.constantFrom('t', 'u'),
    matchers: fc.array(matcher, { minLength: 1, maxLength: 3 }),
    startsAt: time,
    length: time,
  });
  const question = fc.record({
    tenant: fc.constantFrom('t', 'u'),
    labels: fc.dictionary(name, fc.constantFrom('', '1', '2')),
    nowMs: time,
  });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 15 }),
      fc.array(question, { minLength: 1 }),
      (steps, questions) => {
        const book = createSilenceBook();
        const known = new Map<string, Silence>();
        for (const [version, { id, tenant, matchers, startsAt, length }] of steps.entries()) {
          const silence = aSilence({
            id,
            tenant,
            matchers,
            startsAt: isoOf(startsAt),
            endsAt: isoOf(startsAt + length),
          });
          apply(book, silence, version);
          known.set(id, silence);
        }
        for (const { tenant, labels, nowMs } of questions) {
          const ends = [...known.values()]
            .filter((silence) => silence.tenant === tenant && silenceStatusAt(silence, nowMs) === 'active')
            .filter(({ matchers }) => matchesAll(matchers.map(createMatcher), labels))
            .map(({ endsAt }) => endsAt);
          expect(book.find(tenant, labels, nowMs)?.endsAt).toBe(ends.sort().at(-1));
        }
      },
    ),
    { numRuns: 1_000 },
  );
});
