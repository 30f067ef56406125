import type { Labels } from '../alert/alert.ts';
import { TocsinError } from '../errors.ts';
import type { RouteTaken } from '../events/alert-events.ts';
import { incidentWorkflowIdOf, sha256Hex } from '../ids.ts';
import { formatMatcher, labelValueOf, type Matcher, matchesAll } from '../matcher/matcher.ts';
import { createRouteIndex } from './route-index.ts';

/** One route as it is configured. Without matchers it takes every alert. */
export interface RouteConfig {
  /** Default: a short hash of the matchers and `groupBy`. */
  readonly name?: string;
  readonly match: readonly Matcher[];
  /** Labels whose values name the incident; `['...']` means all labels, none means one incident for all alerts. */
  readonly groupBy: readonly string[];
  readonly policy: string;
}

export interface NamedRoute extends RouteConfig {
  readonly name: string;
}

export interface Router {
  readonly routes: readonly NamedRoute[];
  /** Where an alert goes: the first route whose matchers all match. */
  route(alert: RoutableAlert): readonly RouteTaken[];
}

export interface RoutableAlert {
  readonly tenant: string;
  readonly labels: Labels;
}

/** `group_by: ['...']` groups by all labels, as in Alertmanager. */
export const groupByAll = '...';

/** Throws `invalid_config` when the last route does not take every alert: an alert must never fall through. */
export function compileRoutes(routes: readonly RouteConfig[]): Router {
  const last = routes.at(-1);
  if (last === undefined || last.match.length > 0) {
    throw new TocsinError('invalid_config', { detail: 'the last route must have no matchers' });
  }
  const named = routes.map((route) => ({ ...route, name: routeNameOf(route) }));
  const findFirst = createRouteIndex(named);
  return {
    routes: named,
    route(alert) {
      const route = findFirst(alert.labels);
      return route === undefined ? [] : [takeRoute(route, alert)];
    },
  };
}

/** The configured name, else one that stays the same as long as matchers and grouping do. */
export function routeNameOf({ name, match, groupBy }: Omit<RouteConfig, 'policy'>): string {
  if (name !== undefined) return name;
  const identity = JSON.stringify([match.map(formatMatcher).sort(), [...groupBy].sort()]);
  return sha256Hex(identity).slice(0, 12);
}

function takeRoute({ name, policy, groupBy }: NamedRoute, { tenant, labels }: RoutableAlert): RouteTaken {
  const names = groupBy.includes(groupByAll) ? Object.keys(labels) : groupBy;
  const groupLabels = Object.fromEntries(names.map((label) => [label, labelValueOf(labels, label)]));
  const workflowId = incidentWorkflowIdOf({ tenant, route: name, groupLabels });
  return { route: name, policy, groupLabels, workflowId };
}

/** The plain meaning of `Router.route`, which the index must keep. */
export function findFirstRoute<T extends RouteConfig>(routes: readonly T[], labels: Labels): T | undefined {
  return routes.find((route) => matchesAll(route.match, labels));
}
