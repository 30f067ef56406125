import { parseMatcher } from '../../matcher/parse-matcher.ts';
import type { RouteConfig } from '../route.ts';

export interface RouteChanges extends Omit<Partial<RouteConfig>, 'match'> {
  /** Each one matcher. */
  readonly match?: readonly string[];
}

/** For tests: a route that takes every alert into one incident, but for what is said. */
export function aRoute({ match = [], ...changes }: RouteChanges = {}): RouteConfig {
  return {
    groupBy: [],
    policy: 'default',
    groupWaitMs: 0,
    continue: false,
    mute: [],
    active: [],
    routes: [],
    ...changes,
    match: match.map(parseMatcher),
  };
}
