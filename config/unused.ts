import { rawEntries, validEntries } from './entries.ts';
import type { Findings } from './findings.ts';
import { stepSchema } from './schema/policies.ts';
import { suppressSchema } from './schema/quieting.ts';
import { type RouteInput, routeEntrySchema } from './schema/routes.ts';

/** What is defined and named nowhere is most often a typing error or a leftover; the configuration works all the same. */
export function warnOfUnused(document: unknown, findings: Findings): void {
  const routes = routesOf(document);
  const usedPolicies = new Set(routes.map(({ policy }) => policy));
  warn('policies', usedPolicies, 'no route uses this policy');
  const targets = rawEntries(document, 'policies').flatMap(({ value: policy }) =>
    validEntries(policy, 'steps', stepSchema).flatMap(({ value }) => value.notify),
  );
  const usedChannels = new Set(targets.map((target) => target.replace(/^channel:/, '')));
  warn('channels', usedChannels, 'no policy notifies this channel');
  const rules = validEntries(document, 'suppress', suppressSchema).map(({ value }) => value);
  const usedIntervals = new Set([
    ...routes.flatMap(({ mute = [], active = [] }) => [...mute, ...active]),
    ...rules.flatMap(({ during = [] }) => during),
  ]);
  warn('time_intervals', usedIntervals, 'no route and no rule uses this time interval');

  function warn(section: string, used: ReadonlySet<string | undefined>, reason: string): void {
    for (const { path, key } of rawEntries(document, section)) {
      if (!used.has(key)) findings.warnAtKey(path, reason);
    }
  }
}

function routesOf(parent: unknown): readonly RouteInput[] {
  return validEntries(parent, 'routes', routeEntrySchema).flatMap(({ value }) => [value, ...routesOf(value)]);
}
