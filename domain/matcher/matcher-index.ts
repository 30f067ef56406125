import type { Labels } from '../alert/alert.ts';
import { limits } from '../limits.ts';
import { labelValueOf, type Matcher, matchesAll } from './matcher.ts';
import { patternWords } from './pattern-words.ts';

/** Finds which of many sets of matchers match an alert, while trying few of them. */
export interface MatcherIndex<T> {
  readonly size: number;
  add(item: T, matchers: readonly Matcher[]): void;
  remove(item: T): void;
  /** All whose matchers all match, in the order in which they were added. */
  find(labels: Labels): readonly T[];
}

interface Entry<T> {
  readonly item: T;
  readonly matchers: readonly Matcher[];
  readonly order: number;
}

type Bucket<T> = Set<Entry<T>>;

const none: readonly never[] = [];

/**
 * An item is filed under one label and the few values that this label must have, such as those of `team="db"` or
 * `team=~"db|web"`, and tried only for alerts that have one of them. What has no such matcher is tried for every alert.
 */
export function createMatcherIndex<T>(): MatcherIndex<T> {
  const byLabel = new Map<string, Map<string, Bucket<T>>>();
  const unfiled: Bucket<T> = new Set();
  const homes = new Map<T, { readonly entry: Entry<T>; readonly buckets: readonly Bucket<T>[] }>();
  let added = 0;

  const bucketOf = (name: string, value: string): Bucket<T> => {
    const byValue = byLabel.get(name) ?? new Map<string, Bucket<T>>();
    byLabel.set(name, byValue);
    const bucket = byValue.get(value) ?? new Set();
    byValue.set(value, bucket);
    return bucket;
  };
  const crowdOf = ({ name, values }: Filing): number =>
    Math.max(...values.map((value) => byLabel.get(name)?.get(value)?.size ?? 0));

  return {
    get size() {
      return homes.size;
    },
    add(item, matchers) {
      const entry = { item, matchers, order: added };
      added += 1;
      const filing = leastCrowded(filingsOf(matchers), crowdOf);
      const buckets =
        filing === undefined ? [unfiled] : filing.values.map((value) => bucketOf(filing.name, value));
      for (const bucket of buckets) bucket.add(entry);
      homes.set(item, { entry, buckets });
    },
    remove(item) {
      const home = homes.get(item);
      if (home === undefined) return;
      for (const bucket of home.buckets) bucket.delete(home.entry);
      homes.delete(item);
      if (homes.size === 0) byLabel.clear();
    },
    find(labels) {
      if (homes.size === 0) return none;
      const found: Entry<T>[] = [];
      collect(unfiled, labels, found);
      for (const [name, byValue] of byLabel) {
        const bucket = byValue.get(labelValueOf(labels, name));
        if (bucket !== undefined) collect(bucket, labels, found);
      }
      if (found.length > 1) found.sort((a, b) => a.order - b.order);
      return found.length === 0 ? none : found.map(({ item }) => item);
    },
  };
}

/** For rules that never change. */
export function indexRules<T>(
  rules: readonly T[],
  matchersOf: (rule: T) => readonly Matcher[],
): MatcherIndex<T> {
  const index = createMatcherIndex<T>();
  for (const rule of rules) index.add(rule, matchersOf(rule));
  return index;
}

function collect<T>(bucket: Bucket<T>, labels: Labels, found: Entry<T>[]): void {
  for (const entry of bucket) {
    if (matchesAll(entry.matchers, labels)) found.push(entry);
  }
}

/** One label, and all values with which its matcher can match. */
interface Filing {
  readonly name: string;
  readonly values: readonly string[];
}

function filingsOf(matchers: readonly Matcher[]): readonly Filing[] {
  return matchers.flatMap((matcher) => {
    const values = valuesOf(matcher);
    return values === undefined ? [] : [{ name: matcher.name, values }];
  });
}

function valuesOf({ operator, value }: Matcher): readonly string[] | undefined {
  if (operator === '=') return [value];
  const words = operator === '=~' ? patternWords(value) : undefined;
  return words === undefined || words.size > limits.maxIndexedValues ? undefined : [...words];
}

function leastCrowded(filings: readonly Filing[], crowdOf: (filing: Filing) => number): Filing | undefined {
  let [best, bestCrowd]: [Filing | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
  for (const filing of filings) {
    const crowd = crowdOf(filing);
    if (crowd < bestCrowd) [best, bestCrowd] = [filing, crowd];
  }
  return best;
}
