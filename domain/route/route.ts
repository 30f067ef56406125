import { TocsinError } from '../errors.ts';
import type { RouteTaken } from '../events/alert-events.ts';
import type { Matcher } from '../matcher/matcher.ts';
import type { StormRule } from '../suppression/rules.ts';
import type { TimeInterval } from '../time-interval/time-interval.ts';
import { createGrouping, type Grouping, type RoutableAlert } from './grouping.ts';
import { createRouteIndex, type RouteIndex } from './route-index.ts';
import { createRouteNames, type RouteIdentity } from './route-names.ts';

/** One route as it is configured. Without matchers it takes every alert. */
export interface RouteConfig {
  /** Default: a short hash of the matchers, those of the routes above it, and `groupBy`. */
  readonly name?: string;
  readonly match: readonly Matcher[];
  /** Labels whose values name the incident; `['...']` means all labels, none means one incident for all alerts. */
  readonly groupBy: readonly string[];
  readonly policy: string;
  /** How long a new incident gathers alerts before its first page; 0 pages at once. */
  readonly groupWaitMs: number;
  /** After a match, the routes that follow are tried too. */
  readonly continue: boolean;
  /** Quiet during these, and outside `active` where that is given. */
  readonly mute: readonly TimeInterval[];
  readonly active: readonly TimeInterval[];
  readonly storm?: StormRule;
  /** Tried in order for what this route matches; where none matches, the route itself takes the alert. */
  readonly routes: readonly RouteConfig[];
}

export interface NamedRoute extends RouteConfig {
  readonly name: string;
  /** Names from the top-level route down to this one. */
  readonly path: readonly string[];
  readonly routes: readonly NamedRoute[];
}

export interface Router {
  /** All of them, each before the ones below it. */
  readonly routes: readonly NamedRoute[];
  /**
   * Where an alert goes, as Alertmanager's tree of routes says: depth first, and of routes side by side the first that
   * matches and those after it while each says `continue`. At least one; each names another workflow.
   */
  route(alert: RoutableAlert): readonly RouteTaken[];
  find(name: string): NamedRoute | undefined;
}

/**
 * Compiles the indexes once, for as long as the configuration is in force. Throws `invalid_config` when the last route
 * does not take every alert, which must never fall through, and when two routes have one name.
 */
export function compileRoutes(routes: readonly RouteConfig[]): Router {
  const last = routes.at(-1);
  if (last === undefined || last.match.length > 0) {
    throw new TocsinError('invalid_config', { detail: 'the last route must have no matchers' });
  }
  const named = nameRoutes(routes);
  const all = named.flatMap(withAllBelow);
  const byName = new Map(all.map((route) => [route.name, route]));
  const top = compileLevel(named, createGrouping());
  return {
    routes: all,
    find: (name) => byName.get(name),
    route(alert) {
      const taken: RouteTaken[] = [];
      descend(top, alert, taken);
      return taken;
    },
  };
}

function nameRoutes(routes: readonly RouteConfig[]): readonly NamedRoute[] {
  const names = routes.flatMap(withAllBelow).flatMap(({ name }) => name ?? []);
  return nameLevel(routes, { path: [], matchers: [] }, createRouteNames(names));
}

interface Above {
  readonly path: readonly string[];
  readonly matchers: readonly (readonly Matcher[])[];
}

function nameLevel(
  routes: readonly RouteConfig[],
  above: Above,
  nameOf: (identity: RouteIdentity) => string,
): readonly NamedRoute[] {
  return routes.map((route) => {
    const matchers = [...above.matchers, route.match];
    const name = route.name ?? nameOf({ matchers, groupBy: route.groupBy });
    const path = [...above.path, name];
    return { ...route, name, path, routes: nameLevel(route.routes, { path, matchers }, nameOf) };
  });
}

function withAllBelow<T extends { readonly routes: readonly T[] }>(route: T): readonly T[] {
  return [route, ...route.routes.flatMap(withAllBelow<T>)];
}

/** Routes side by side. */
interface Level {
  readonly routes: readonly CompiledRoute[];
  readonly nextMatch: RouteIndex;
}

interface CompiledRoute {
  readonly goesOn: boolean;
  readonly groupOf: Grouping;
  readonly below: Level;
}

function compileLevel(routes: readonly NamedRoute[], grouping: (route: NamedRoute) => Grouping): Level {
  return {
    nextMatch: createRouteIndex(routes),
    routes: routes.map((route) => ({
      goesOn: route.continue,
      groupOf: grouping(route),
      below: compileLevel(route.routes, grouping),
    })),
  };
}

/** As deep as the configuration is nested, and at most once for each of its routes. */
function descend({ routes, nextMatch }: Level, alert: RoutableAlert, taken: RouteTaken[]): void {
  for (let from = 0; from < routes.length; ) {
    const at = nextMatch(alert.labels, from);
    const route = routes[at];
    if (route === undefined) return;
    const before = taken.length;
    descend(route.below, alert, taken);
    if (taken.length === before) taken.push(route.groupOf(alert));
    if (!route.goesOn) return;
    from = at + 1;
  }
}
