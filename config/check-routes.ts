import { limits } from '../domain/limits.ts';
import { formatMatcher } from '../domain/matcher/matcher.ts';
import type { Findings } from './findings.ts';
import { formatPath } from './problem.ts';
import type { RouteDraft } from './route-draft.ts';

/** A name is a part of workflow ids, so no two routes of the whole tree share one. */
export function checkNames(drafts: readonly RouteDraft[], findings: Findings): void {
  const places = new Map<string, string>();
  for (const { path, value } of drafts.flatMap(withChildren)) {
    if (value.name === undefined) continue;
    const other = places.get(value.name);
    if (other !== undefined) findings.error([...path, 'name'], `is the name of ${other} already`);
    places.set(value.name, formatPath(path));
  }
}

/**
 * A route is never reached when an earlier sibling, which does not go on, asks for no more than it and the routes above
 * it do; asking for nothing takes everything.
 */
export function checkReach(drafts: readonly RouteDraft[], findings: Findings): void {
  const takers: { readonly place: string; readonly match: readonly string[] }[] = [];
  for (const { path, value, match, asked, children } of drafts) {
    const taker = match && takers.find((earlier) => earlier.match.every((text) => asked.has(text)));
    if (taker !== undefined)
      findings.error(path, `is never reached: ${taker.place} takes all that it would match`);
    else checkReach(children, findings);
    if (match !== undefined && !value.continue)
      takers.push({ place: formatPath(path), match: match.map(formatMatcher) });
  }
}

export function checkTotal(drafts: readonly RouteDraft[], findings: Findings): void {
  const total = drafts.flatMap(withChildren).length;
  if (total <= limits.maxConfigEntries) return;
  findings.error(['routes'], `must have at most ${limits.maxConfigEntries} routes, nested ones counted`);
}

export function checkLast(last: RouteDraft | undefined, findings: Findings): void {
  if (last === undefined || last.value.match.length === 0) return;
  findings.error(
    [...last.path, 'match'],
    'the last route must have no match, so that no alert falls through',
  );
}

export function withChildren(draft: RouteDraft): readonly RouteDraft[] {
  return [draft, ...draft.children.flatMap(withChildren)];
}
