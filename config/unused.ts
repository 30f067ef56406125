import type { Condition } from '../domain/policy/policy.ts';
import type { TocsinConfig } from './config.ts';
import { rawEntries, validEntries } from './entries.ts';
import type { Findings } from './findings.ts';
import { suppressSchema } from './schema/quieting.ts';
import { type RouteInput, routeEntrySchema } from './schema/routes.ts';

/** What is defined and named nowhere is most often a typing error or a leftover; the configuration works all the same. */
export function warnOfUnused(
  document: unknown,
  { policies, schedules }: Pick<TocsinConfig, 'policies' | 'schedules'>,
  findings: Findings,
): void {
  const routes = routesOf(document);
  const steps = [...policies.values()].flatMap((policy) => policy.steps);
  const lastResorts = [...policies.values()].flatMap(({ onExhausted = [] }) => onExhausted);
  const targets = [...steps.flatMap((step) => step.targets), ...lastResorts];
  const usedTargets = new Set(targets.map(({ name }) => name));
  const layers = [...schedules.values()].flatMap((schedule) => schedule.layers);
  const rules = validEntries(document, 'suppress', suppressSchema).map(({ value }) => value);

  warn('policies', new Set(routes.map(({ policy }) => policy)), 'no route uses this policy');
  warn('channels', namesOf('channel'), 'no policy notifies this channel');
  warn('schedules', namesOf('schedule'), 'no policy notifies this schedule');
  const onCall = layers.flatMap(({ users }) => users);
  warn('users', new Set([...namesOf('user'), ...onCall]), 'no policy and no schedule names this user');
  const usedIntervals = new Set([
    ...routes.flatMap(({ mute = [], active = [] }) => [...mute, ...active]),
    ...rules.flatMap(({ during = [] }) => during),
    ...steps.flatMap(({ when = [], delayUntil }) => [...when.flatMap(intervalsOf), delayUntil]),
  ]);
  warn('time_intervals', usedIntervals, 'no route, no rule and no policy uses this time interval');

  function namesOf(kind: string): ReadonlySet<string> {
    const prefix = `${kind}:`;
    const names = [...usedTargets].filter((name) => name.startsWith(prefix));
    return new Set(names.map((name) => name.slice(prefix.length)));
  }

  function warn(section: string, used: ReadonlySet<string | undefined>, reason: string): void {
    for (const { path, key } of rawEntries(document, section)) {
      if (!used.has(key)) findings.warnAtKey(path, reason);
    }
  }
}

function intervalsOf(condition: Condition): readonly string[] {
  if (condition.kind === 'not') return condition.of.flatMap(intervalsOf);
  return condition.kind === 'hours' ? [condition.name] : [];
}

function routesOf(parent: unknown): readonly RouteInput[] {
  return validEntries(parent, 'routes', routeEntrySchema).flatMap(({ value }) => [value, ...routesOf(value)]);
}
