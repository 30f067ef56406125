import type { Alert } from '../alert/alert.ts';
import { formatMatcher } from '../matcher/matcher.ts';
import { indexRules, type MatcherIndex } from '../matcher/matcher-index.ts';
import type { InhibitRule } from './rules.ts';

const indexes = new WeakMap<readonly InhibitRule[], MatcherIndex<InhibitRule>>();

/** Whether some rule has this alert as its source: while it fires, others may be quiet. */
export function isInhibitor(rules: readonly InhibitRule[], alert: Pick<Alert, 'labels'>): boolean {
  if (rules.length === 0) return false;
  const sources = indexes.get(rules) ?? indexRules(rules, ({ source }) => source);
  indexes.set(rules, sources);
  return sources.find(alert.labels).length > 0;
}

const texts = new WeakMap<readonly InhibitRule[], string>();

/** Equal for rules that say the same: every reload makes them anew, and hardly any changes them. */
export function textOfInhibitRules(rules: readonly InhibitRule[]): string {
  const known = texts.get(rules);
  if (known !== undefined) return known;
  const text = JSON.stringify(
    rules.map(({ name, source, target, equal }) => [
      name,
      source.map(formatMatcher),
      target.map(formatMatcher),
      equal,
    ]),
  );
  texts.set(rules, text);
  return text;
}
