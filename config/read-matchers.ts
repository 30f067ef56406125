import type { Matcher } from '../domain/matcher/matcher.ts';
import { parseMatchers } from '../domain/matcher/parse-matcher.ts';
import { type Checks, readWith } from './checks.ts';
import type { Path } from './problem.ts';

/** All matchers of a list of texts, or undefined when one of them cannot be read, which is told. */
export function readMatchers(
  texts: readonly string[],
  path: Path,
  checks: Checks,
): readonly Matcher[] | undefined {
  const lists = texts.map((text, index) => readList(text, [...path, index], checks));
  return lists.includes(undefined) ? undefined : lists.flatMap((list) => list ?? []);
}

function readList(text: string, path: Path, checks: Checks): readonly Matcher[] | undefined {
  const matchers = readWith(parseMatchers, { text, path, what: 'a valid matcher', checks });
  if (matchers?.length !== 0) return matchers;
  checks.findings.error(path, 'has no matcher');
  return undefined;
}
