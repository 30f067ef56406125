import { errorCodeOf } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import { formatMatcher, type Matcher } from '../domain/matcher/matcher.ts';
import { parseMatchers } from '../domain/matcher/parse-matcher.ts';
import { groupByAll, type RouteConfig } from '../domain/route/route.ts';
import { didYouMean } from './did-you-mean.ts';
import { type Entry, rawEntries, validEntries } from './entries.ts';
import type { Findings } from './findings.ts';
import type { Places } from './places.ts';
import { formatPath, type Path } from './problem.ts';
import { type RouteInput, routeSchema } from './schema.ts';

export interface RouteContext {
  readonly places: Places;
  readonly findings: Findings;
}

interface Draft {
  readonly entry: Entry<RouteInput>;
  /** Undefined when one of them cannot be read. */
  readonly match: readonly Matcher[] | undefined;
}

/** The routes in their order; dangling policies, matchers that cannot be read and routes that are never reached are told. */
export function buildRoutes(document: unknown, context: RouteContext): readonly RouteConfig[] {
  const policies = rawEntries(document, 'policies').map(({ key }) => key);
  const entries = validEntries(document, 'routes', routeSchema);
  const drafts = entries.map((entry): Draft => {
    checkGroupBy(entry, context.findings);
    checkPolicy(entry, policies, context.findings);
    return { entry, match: readMatchers(entry, context) };
  });
  checkNames(entries, context.findings);
  checkReach(drafts, context.findings);
  if (entries.length === rawEntries(document, 'routes').length) checkLast(entries.at(-1), context.findings);
  return drafts.map(({ entry, match }) => toRoute(entry.value, match ?? []));
}

function toRoute({ name, group_by, policy }: RouteInput, match: readonly Matcher[]): RouteConfig {
  return { ...(name !== undefined && { name }), match, groupBy: group_by, policy };
}

function readMatchers(
  { path, value }: Entry<RouteInput>,
  context: RouteContext,
): readonly Matcher[] | undefined {
  const lists = value.match.map((text, index) => readMatcherList(text, [...path, 'match', index], context));
  return lists.includes(undefined) ? undefined : lists.flatMap((list) => list ?? []);
}

function readMatcherList(
  text: string,
  path: Path,
  { places, findings }: RouteContext,
): readonly Matcher[] | undefined {
  try {
    const matchers = parseMatchers(text);
    if (matchers.length > 0) return matchers;
    findings.error(path, 'has no matcher');
  } catch (error) {
    if (errorCodeOf(error) !== 'invalid_config') throw error;
    // The message may quote a part of the pattern, which is nobody's business when the environment filled it in.
    const detail = error instanceof Error && !places.isSubstituted(path) ? `: ${error.message}` : '';
    findings.error(path, `is not a valid matcher${detail}`);
  }
  return undefined;
}

function checkPolicy(
  { path, value }: Entry<RouteInput>,
  policies: readonly string[],
  findings: Findings,
): void {
  if (policies.includes(value.policy)) return;
  const hint = didYouMean(value.policy, policies);
  findings.error([...path, 'policy'], `there is no policy of this name${hint}`);
}

function checkGroupBy({ path, value }: Entry<RouteInput>, findings: Findings): void {
  const labels = value.group_by;
  for (const [index, label] of labels.entries()) {
    const place = [...path, 'group_by', index];
    if (Buffer.byteLength(label) > limits.maxLabelNameBytes) {
      findings.error(place, `must have at most ${limits.maxLabelNameBytes} bytes`);
    }
    if (label === groupByAll && labels.length > 1)
      findings.error(place, '"..." means all labels and stands alone');
    if (labels.indexOf(label) < index) findings.error(place, 'is listed twice');
  }
}

function checkNames(entries: readonly Entry<RouteInput>[], findings: Findings): void {
  const names = new Map<string, string>();
  for (const { path, key, value } of entries) {
    if (value.name === undefined) continue;
    const other = names.get(value.name);
    if (other !== undefined) findings.error([...path, 'name'], `is the name of ${other} already`);
    names.set(value.name, `routes[${key}]`);
  }
}

/** A route is never reached when an earlier one asks for a part of its matchers only; asking for none takes everything. */
function checkReach(drafts: readonly Draft[], findings: Findings): void {
  const matchers = drafts.map(({ match }) => match && new Set(match.map(formatMatcher)));
  for (const [index, { entry }] of drafts.entries()) {
    const own = matchers[index];
    if (own === undefined) continue;
    const earlier = matchers
      .slice(0, index)
      .findIndex((other) => other && [...other].every((text) => own.has(text)));
    if (earlier === -1) continue;
    const place = formatPath(drafts[earlier]?.entry.path ?? []);
    findings.error(entry.path, `is never reached: ${place} takes all that it would match`);
  }
}

function checkLast(last: Entry<RouteInput> | undefined, findings: Findings): void {
  if (last === undefined || last.value.match.length === 0) return;
  findings.error(
    [...last.path, 'match'],
    'the last route must have no match, so that no alert falls through',
  );
}
