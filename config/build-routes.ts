import { formatMatcher } from '../domain/matcher/matcher.ts';
import { groupByAll } from '../domain/route/grouping.ts';
import type { RouteConfig } from '../domain/route/route.ts';
import type { StormRule } from '../domain/suppression/rules.ts';
import { breathe } from './breathe.ts';
import { findTimeIntervals, type TimeIntervals } from './build-time-intervals.ts';
import { checkLast, checkNames, checkReach, checkTotal } from './check-routes.ts';
import { type Checks, checkTwice, durationBounds, readDuration } from './checks.ts';
import { didYouMean } from './did-you-mean.ts';
import { type Entry, rawEntries, validEntries, validPart } from './entries.ts';
import type { Path } from './problem.ts';
import { readMatchers } from './read-matchers.ts';
import type { Inherited, RouteDraft } from './route-draft.ts';
import { type RouteInput, routeEntrySchema, stormSchema } from './schema/routes.ts';

export interface RouteChecks extends Checks {
  readonly intervals: TimeIntervals;
}

/** Where a list of routes stands, and what it has from above. */
interface Level {
  readonly path: Path;
  readonly asked: ReadonlySet<string>;
  readonly inherited: Inherited;
}

interface ReadContext extends RouteChecks {
  readonly policies: readonly string[];
}

/** A few milliseconds of work; then whatever else the process does has its turn. */
const routesPerTurn = 50;

const nothingInherited: Inherited = {
  groupBy: [],
  groupWaitMs: 0,
  policy: undefined,
  mute: [],
  active: [],
};

/** The tree of routes in its order; dangling names, matchers that cannot be read and routes that are never reached are told. */
export async function buildRoutes(document: unknown, checks: RouteChecks): Promise<readonly RouteConfig[]> {
  const policies = rawEntries(document, 'policies').map(({ key }) => key);
  const top: Level = { path: [], asked: new Set(), inherited: nothingInherited };
  const drafts = await readLevel(document, top, { ...checks, policies });
  await breathe();
  checkNames(drafts, checks.findings);
  checkReach(drafts, checks.findings);
  checkTotal(drafts, checks.findings);
  if (drafts.length === rawEntries(document, 'routes').length) checkLast(drafts.at(-1), checks.findings);
  return drafts.map(toRoute);
}

async function readLevel(
  parent: unknown,
  level: Level,
  context: ReadContext,
): Promise<readonly RouteDraft[]> {
  const drafts: RouteDraft[] = [];
  for (const entry of validEntries(parent, 'routes', routeEntrySchema)) {
    if (drafts.length % routesPerTurn === routesPerTurn - 1) await breathe();
    drafts.push(await readRoute(entry, level, context));
  }
  return drafts;
}

async function readRoute(
  { path: place, value }: Entry<RouteInput>,
  level: Level,
  context: ReadContext,
): Promise<RouteDraft> {
  const path = [...level.path, ...place];
  const match = readMatchers(value.match, [...path, 'match'], context);
  const asked = new Set([...level.asked, ...(match ?? []).map(formatMatcher)]);
  const settled = settle(value, { path, inherited: level.inherited }, context);
  const storm = readStorm(value, path, context);
  const children = await readLevel(value, { path, asked, inherited: settled }, context);
  return { path, value, match, asked, settled, storm, children };
}

function settle(
  value: RouteInput,
  { path, inherited }: Pick<Level, 'path' | 'inherited'>,
  context: ReadContext,
): Inherited {
  const { group_by: groupBy, group_wait: groupWait, mute, active } = value;
  if (groupBy !== undefined) checkGroupBy(groupBy, [...path, 'group_by'], context);
  const waitBounds = { ...context, ...durationBounds.groupWait };
  return {
    groupBy: groupBy ?? inherited.groupBy,
    groupWaitMs:
      groupWait === undefined
        ? inherited.groupWaitMs
        : readDuration(groupWait, [...path, 'group_wait'], waitBounds),
    policy: readPolicy(value.policy, { path, inherited }, context),
    mute: mute === undefined ? inherited.mute : findTimeIntervals(mute, [...path, 'mute'], context),
    active: active === undefined ? inherited.active : findTimeIntervals(active, [...path, 'active'], context),
  };
}

function readPolicy(
  own: string | undefined,
  { path, inherited }: Pick<Level, 'path' | 'inherited'>,
  { policies, findings }: ReadContext,
): string | undefined {
  const isTop = path.length === 2;
  if (own === undefined && isTop) findings.error([...path, 'policy'], 'is missing; a text is expected');
  if (own !== undefined && !policies.includes(own)) {
    findings.error([...path, 'policy'], `there is no policy of this name${didYouMean(own, policies)}`);
  }
  return own ?? inherited.policy;
}

function checkGroupBy(labels: readonly string[], path: Path, checks: Checks): void {
  checkTwice(labels, path, checks);
  const index = labels.indexOf(groupByAll);
  if (index === -1 || labels.length === 1) return;
  checks.findings.error([...path, index], '"..." means all labels and stands alone');
}

function readStorm(value: RouteInput, routePath: Path, checks: Checks): StormRule | undefined {
  const input = validPart(value, 'storm', stormSchema);
  if (input === undefined) return undefined;
  const path = [...routePath, 'storm'];
  const { threshold, within, wait } = input;
  return {
    threshold,
    withinMs: readDuration(within, [...path, 'within'], { ...checks, ...durationBounds.window }),
    waitMs: readDuration(wait, [...path, 'wait'], { ...checks, ...durationBounds.groupWait }),
  };
}

function toRoute({ value, match, settled, storm, children }: RouteDraft): RouteConfig {
  const { name, continue: goesOn } = value;
  return {
    ...(name !== undefined && { name }),
    match: match ?? [],
    groupBy: settled.groupBy,
    groupWaitMs: settled.groupWaitMs,
    policy: settled.policy ?? '',
    mute: settled.mute,
    active: settled.active,
    continue: goesOn,
    ...(storm !== undefined && { storm }),
    routes: children.map(toRoute),
  };
}
