import type { Labels } from '../alert/alert.ts';
import { labelValueOf, matchesAll } from '../matcher/matcher.ts';
import { indexRules } from '../matcher/matcher-index.ts';
import type { InhibitRule } from './rules.ts';

/** A firing alert that may inhibit others. */
export interface Inhibitor {
  readonly tenant: string;
  readonly labels: Labels;
}

/** One configuration's rules of inhibition with the alerts that are their sources now. */
export interface LiveInhibition {
  /** False when no rule has it as its source. */
  add(stream: string, inhibitor: Inhibitor): boolean;
  remove(stream: string): void;
  has(stream: string): boolean;
  /** The first rule under which a firing alert keeps this one quiet. */
  find(target: Inhibitor): InhibitRule | undefined;
}

/** How many sources of a rule agree on tenant and `equal` labels. */
interface Sources {
  /** Those that the rule's target side does not match. */
  oneSided: number;
  /** Those that both sides match: they do not inhibit alerts for which the same is true. */
  twoSided: number;
}

interface Watched {
  readonly rule: InhibitRule;
  readonly sources: Map<string, Sources>;
}

interface Placement {
  readonly watched: Watched;
  readonly key: string;
  readonly side: keyof Sources;
}

/**
 * Alertmanager's semantics (https://prometheus.io/docs/alerting/latest/configuration/#inhibit_rule). Sources are
 * counted by rule and `equal` values, so a question costs the same for one source as for a hundred thousand.
 */
export function createLiveInhibition(rules: readonly InhibitRule[]): LiveInhibition {
  const watched: Watched[] = rules.map((rule) => ({ rule, sources: new Map() }));
  const bySource = indexRules(watched, ({ rule }) => rule.source);
  const byTarget = indexRules(watched, ({ rule }) => rule.target);
  const placements = new Map<string, readonly Placement[]>();
  return {
    add(stream, inhibitor) {
      const places = bySource.find(inhibitor.labels).map((it) => placementOf(it, inhibitor));
      if (places.length === 0) return false;
      for (const place of places) enter(place);
      placements.set(stream, places);
      return true;
    },
    remove(stream) {
      for (const place of placements.get(stream) ?? []) leave(place);
      placements.delete(stream);
    },
    has: (stream) => placements.has(stream),
    find: (target) =>
      placements.size === 0
        ? undefined
        : byTarget.find(target.labels).find((it) => isInhibited(it, target))?.rule,
  };
}

function placementOf(watched: Watched, inhibitor: Inhibitor): Placement {
  const side = matchesAll(watched.rule.target, inhibitor.labels) ? 'twoSided' : 'oneSided';
  return { watched, key: keyOf(watched.rule, inhibitor), side };
}

function enter({ watched: { sources }, key, side }: Placement): void {
  const counts = sources.get(key) ?? { oneSided: 0, twoSided: 0 };
  counts[side] += 1;
  sources.set(key, counts);
}

function leave({ watched: { sources }, key, side }: Placement): void {
  const counts = sources.get(key);
  if (counts === undefined) return;
  counts[side] -= 1;
  if (counts.oneSided + counts.twoSided === 0) sources.delete(key);
}

function isInhibited({ rule, sources }: Watched, target: Inhibitor): boolean {
  const counts = sources.get(keyOf(rule, target));
  if (counts === undefined) return false;
  return counts.oneSided > 0 || !matchesAll(rule.source, target.labels);
}

/** A label that an alert does not have counts as the empty string. Lengths keep neighbours apart. */
function keyOf({ equal }: InhibitRule, { tenant, labels }: Inhibitor): string {
  let key = `${tenant.length}:${tenant}`;
  for (const name of equal) {
    const value = labelValueOf(labels, name);
    key += `${value.length}:${value}`;
  }
  return key;
}
