import { TocsinError } from '../errors.ts';
import { sha256Hex } from '../ids.ts';
import { formatMatcher, type Matcher } from '../matcher/matcher.ts';

/** What a route without a name is known by. */
export interface RouteIdentity {
  /** Its own matchers, after those of each route above it. */
  readonly matchers: readonly (readonly Matcher[])[];
  readonly groupBy: readonly string[];
}

/**
 * Names for routes that have none, each different from all others: the same as long as matchers and grouping stay.
 * Names are parts of workflow ids, so an edit elsewhere in the file must not change them. Of routes that are alike in
 * all of this, the second is `…-2`. Throws `invalid_config` when a name is configured twice.
 */
export function createRouteNames(configured: readonly string[]): (identity: RouteIdentity) => string {
  const taken = new Set(configured);
  if (taken.size < configured.length) {
    throw new TocsinError('invalid_config', { detail: 'two routes have the same name' });
  }
  return (identity) => {
    const wanted = hashOf(identity);
    let name = wanted;
    for (let count = 2; taken.has(name); count += 1) name = `${wanted}-${count}`;
    taken.add(name);
    return name;
  };
}

function hashOf({ matchers, groupBy }: RouteIdentity): string {
  const texts = matchers.map((match) => match.map(formatMatcher).sort());
  return sha256Hex(JSON.stringify([...texts, [...groupBy].sort()])).slice(0, 12);
}
