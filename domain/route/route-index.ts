import type { Labels } from '../alert/alert.ts';
import { labelValueOf, type Matcher, matchesAll } from '../matcher/matcher.ts';
import { patternWords } from '../matcher/pattern-words.ts';

interface Matching {
  readonly match: readonly Matcher[];
}

/** The first route from a place on whose matchers all match; the number of routes when there is none. */
export type RouteIndex = (labels: Labels, from: number) => number;

/**
 * Looks at few of many routes that stand side by side: one that asks for certain values of a label is tried only for
 * alerts that have one of them, so hundreds of routes cost about as much as those that ask for none. Where a route has
 * several such matchers, the one that the fewest of its neighbours share tells it best from them.
 */
export function createRouteIndex(routes: readonly Matching[]): RouteIndex {
  const keyed = routes.map(({ match }) => match.flatMap(keysOf));
  const counts = countKeys(keyed.flat());
  const byLabel = new Map<string, Map<string, Candidate[]>>();
  const others: Candidate[] = [];
  for (const [position, { match }] of routes.entries()) {
    const keys = rarest(keyed[position] ?? [], counts);
    if (keys === undefined) others.push({ position, match });
    else file(byLabel, keys, { position, match: match.filter((matcher) => matcher !== keys.matcher) });
  }
  const labels = [...byLabel].map(([name, byValue]) => ({ name, byValue }));
  return createSearch({ labels, others, none: routes.length });
}

interface Candidate {
  readonly position: number;
  /** What is left to look at: the index has seen to the matcher that the candidate stands under. */
  readonly match: readonly Matcher[];
}

/** Lists of candidates by ascending position. */
interface Candidates {
  readonly labels: readonly {
    readonly name: string;
    readonly byValue: ReadonlyMap<string, readonly Candidate[]>;
  }[];
  readonly others: readonly Candidate[];
  readonly none: number;
}

const noCandidates: readonly Candidate[] = [];

/** Runs for every alert and each level of the tree: it makes no object and no text. */
function createSearch({ labels, others, none }: Candidates): RouteIndex {
  const firstIn = (candidates: readonly Candidate[], alertLabels: Labels, from: number): number => {
    for (const { position, match } of candidates) {
      if (position >= from && matchesAll(match, alertLabels)) return position;
    }
    return none;
  };
  return (alertLabels, from) => {
    let first = firstIn(others, alertLabels, from);
    for (const { name, byValue } of labels) {
      const candidates = byValue.get(labelValueOf(alertLabels, name)) ?? noCandidates;
      first = Math.min(first, firstIn(candidates, alertLabels, from));
    }
    return first;
  };
}

/** The values of a label of which an alert must have one. */
interface Keys {
  readonly matcher: Matcher;
  readonly values: readonly string[];
}

/** Patterns that only list words, such as `payments|core`, ask for certain values as well. */
function keysOf(matcher: Matcher): readonly Keys[] {
  if (matcher.operator === '=') return [{ matcher, values: [matcher.value] }];
  const words = matcher.operator === '=~' ? patternWords(matcher.value) : undefined;
  return words === undefined ? [] : [{ matcher, values: [...words] }];
}

function countKeys(all: readonly Keys[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of all.flatMap(textsOf)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function rarest(all: readonly Keys[], counts: ReadonlyMap<string, number>): Keys | undefined {
  const countOf = (keys: Keys) => Math.max(...textsOf(keys).map((text) => counts.get(text) ?? 0));
  return all.toSorted((a, b) => countOf(a) - countOf(b))[0];
}

function textsOf({ matcher, values }: Keys): readonly string[] {
  return values.map((value) => JSON.stringify([matcher.name, value]));
}

function file(byLabel: Map<string, Map<string, Candidate[]>>, keys: Keys, candidate: Candidate): void {
  const byValue = byLabel.get(keys.matcher.name) ?? new Map<string, Candidate[]>();
  byLabel.set(keys.matcher.name, byValue);
  for (const value of keys.values) {
    const candidates = byValue.get(value) ?? [];
    byValue.set(value, candidates);
    candidates.push(candidate);
  }
}
