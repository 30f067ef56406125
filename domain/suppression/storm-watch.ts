import type { RouteTaken } from '../events/alert-events.ts';
import { incidentWorkflowIdOf } from '../ids.ts';
import { limits } from '../limits.ts';
import type { StormRule } from './rules.ts';
import { stormLabel } from './storm-label.ts';

export interface StormOptions {
  readonly rule: StormRule;
  readonly tenant: string;
  readonly nowMs: number;
}

/** Sees, for each route of a tenant, how many groups are new, and leads those beyond the threshold into one incident. */
export interface StormWatch {
  /**
   * Where an alert of this group goes: on its own way, or in a storm to the route's one incident for all that is new.
   * Asked again about a group within the window, the answer is the same as long as the storm lasts.
   */
  redirect(route: RouteTaken, options: StormOptions): RouteTaken;
}

const stormLabels = { [stormLabel]: 'true' };

interface Weather {
  /** When new groups came, oldest first: the last `threshold` of them count, and less than twice as many are kept. */
  readonly births: number[];
  /** Groups of the window with when they were seen last, those first that were not seen for longest. */
  readonly groups: Map<string, { readonly seenMs: number; readonly redirected: boolean }>;
}

/**
 * One for each process: each of several servers begins a storm by itself, and all of them lead into the same incident.
 */
export function createStormWatch(): StormWatch {
  const weatherOf = new Map<string, Weather>();

  const touch = (key: string): Weather => {
    const weather = weatherOf.get(key) ?? { births: [], groups: new Map() };
    weatherOf.delete(key);
    weatherOf.set(key, weather);
    if (weatherOf.size > limits.maxStormRoutes) dropFirst(weatherOf);
    return weather;
  };

  return {
    redirect(route, { rule, tenant, nowMs }) {
      const weather = touch(JSON.stringify([tenant, route.route]));
      forgetOld(weather, nowMs - rule.withinMs);
      const known = weather.groups.get(route.workflowId);
      const isStorm = hasStorm(weather, rule, nowMs);
      const redirected = isStorm && known?.redirected !== false;
      // a group that a storm hid has its own incident from now on, and is new as that
      if (known === undefined || known.redirected !== redirected) noteBirth(weather, rule, nowMs);
      weather.groups.delete(route.workflowId);
      weather.groups.set(route.workflowId, { seenMs: nowMs, redirected });
      if (weather.groups.size > limits.maxStormGroups) dropFirst(weather.groups);
      return redirected ? stormRouteOf(route, { rule, tenant }) : route;
    },
  };
}

/** Whether `threshold` groups were new within the window already. */
function hasStorm({ births }: Weather, { threshold, withinMs }: StormRule, nowMs: number): boolean {
  const oldestThatCounts = births.at(-threshold);
  return oldestThatCounts !== undefined && oldestThatCounts > nowMs - withinMs;
}

function noteBirth({ births }: Weather, { threshold }: StormRule, nowMs: number): void {
  births.push(nowMs);
  // now and then rather than each time, which would move all of them
  if (births.length >= 2 * threshold) births.splice(0, births.length - threshold);
}

function forgetOld({ groups }: Weather, beforeMs: number): void {
  for (const [workflowId, { seenMs }] of groups) {
    if (seenMs > beforeMs) return;
    groups.delete(workflowId);
  }
}

function dropFirst<K>(map: Map<K, unknown>): void {
  const [first] = map.keys();
  if (first !== undefined) map.delete(first);
}

function stormRouteOf(
  { route, policy }: RouteTaken,
  { rule, tenant }: Pick<StormOptions, 'rule' | 'tenant'>,
): RouteTaken {
  const workflowId = incidentWorkflowIdOf({ tenant, route, groupLabels: stormLabels });
  const taken = { route, policy, groupLabels: stormLabels, workflowId };
  return rule.waitMs > 0 ? { ...taken, groupWaitMs: rule.waitMs } : taken;
}
