import type { Labels } from '../alert/alert.ts';
import { labelValueOf, type Matcher, matchesAll } from '../matcher/matcher.ts';

interface Matching {
  readonly match: readonly Matcher[];
}

/**
 * Finds the first route that matches while looking at few of them: a route with an equality matcher is tried only for
 * alerts that have this label value, so hundreds of routes cost about as much as the ones without such a matcher.
 */
export function createRouteIndex<T extends Matching>(
  routes: readonly T[],
): (labels: Labels) => T | undefined {
  const byLabel = new Map<string, Map<string, number[]>>();
  const unindexed: number[] = [];
  for (const [position, route] of routes.entries()) {
    const equality = route.match.find(({ operator }) => operator === '=');
    if (equality === undefined) unindexed.push(position);
    else listOf(byLabel, equality).push(position);
  }
  return (labels) => {
    let first = firstMatch({ routes, positions: unindexed, labels, below: routes.length });
    for (const [name, byValue] of byLabel) {
      const positions = byValue.get(labelValueOf(labels, name)) ?? [];
      first = firstMatch({ routes, positions, labels, below: first });
    }
    return routes[first];
  };
}

function listOf(byLabel: Map<string, Map<string, number[]>>, { name, value }: Matcher): number[] {
  const byValue = byLabel.get(name) ?? new Map<string, number[]>();
  byLabel.set(name, byValue);
  const positions = byValue.get(value) ?? [];
  byValue.set(value, positions);
  return positions;
}

interface Search<T> {
  readonly routes: readonly T[];
  /** Ascending. */
  readonly positions: readonly number[];
  readonly labels: Labels;
  /** A match at or after this position is of no use; also the answer when there is none before it. */
  readonly below: number;
}

function firstMatch<T extends Matching>({ routes, positions, labels, below }: Search<T>): number {
  for (const position of positions) {
    if (position >= below) return below;
    if (matchesAll(routes[position]?.match ?? [], labels)) return position;
  }
  return below;
}
