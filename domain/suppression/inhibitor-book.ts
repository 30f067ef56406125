import type { Alert, Labels } from '../alert/alert.ts';
import { limits } from '../limits.ts';
import { textOfInhibitRules } from './inhibit.ts';
import { createLiveInhibition, type Inhibitor, type LiveInhibition } from './live-inhibition.ts';
import type { InhibitRule } from './rules.ts';

export interface InhibitorNote {
  readonly stream: string;
  readonly tenant: string;
  readonly alert: Pick<Alert, 'labels'>;
  readonly firing: boolean;
}

/** The firing alerts that inhibit others, over all configurations. */
export interface InhibitorBook {
  readonly size: number;
  /** Sources that were not kept because there were `limits.maxInhibitors` already: nobody is quiet because of them. */
  readonly refused: number;
  /** Rises whenever an alert comes into the book or leaves it: then others may be quiet that were not, or no longer. */
  readonly revision: number;
  has(stream: string): boolean;
  /** The streams of all that are in the book. */
  streams(): Iterable<string>;
  /** An alert fires or fires no longer, whatever it was before. Only those that are a source of some rule are kept. */
  note(note: InhibitorNote): void;
  /**
   * Makes rules ready: those that come with a new configuration begin with the alerts that are in the book. An alert
   * that only they have as a source is not; whoever brings new rules notes all firing alerts again.
   */
  follow(rules: readonly InhibitRule[]): void;
  /** The first of the rules under which a firing alert keeps this one quiet. Alerts of other tenants do not count. */
  find(rules: readonly InhibitRule[], alert: Pick<Alert, 'tenant' | 'labels'>): InhibitRule | undefined;
}

export function createInhibitorBook(): InhibitorBook {
  const held = new Map<string, Inhibitor>();
  /** By what the rules say, those that were asked for first coming first. */
  const live = new Map<string, LiveInhibition>();
  let refused = 0;
  let revision = 0;

  const forget = (stream: string) => {
    if (!held.delete(stream)) return;
    revision += 1;
    for (const inhibition of live.values()) inhibition.remove(stream);
  };
  const keep = (stream: string, inhibitor: Inhibitor) => {
    if (held.size >= limits.maxInhibitors) {
      refused += 1;
      return;
    }
    let isSource = false;
    for (const inhibition of live.values()) isSource = inhibition.add(stream, inhibitor) || isSource;
    if (!isSource) return;
    held.set(stream, inhibitor);
    revision += 1;
  };
  const dropOldest = () => {
    const [oldest] = live.keys();
    if (oldest !== undefined) live.delete(oldest);
    const inhibitions = [...live.values()];
    for (const stream of held.keys()) {
      if (!inhibitions.some((it) => it.has(stream))) held.delete(stream);
    }
  };
  const liveOf = (rules: readonly InhibitRule[]): LiveInhibition => {
    const text = textOfInhibitRules(rules);
    const known = live.get(text);
    if (known !== undefined) return known;
    const inhibition = createLiveInhibition(rules);
    for (const [stream, inhibitor] of held) inhibition.add(stream, inhibitor);
    live.set(text, inhibition);
    if (live.size > limits.maxLiveRuleSets) dropOldest();
    return inhibition;
  };

  return {
    get size() {
      return held.size;
    },
    get refused() {
      return refused;
    },
    get revision() {
      return revision;
    },
    has: (stream) => held.has(stream),
    streams: () => held.keys(),
    note({ stream, tenant, alert: { labels }, firing }) {
      // most of what is noted is what it was: the same alert, repeated
      const known = held.get(stream);
      if (firing && known?.tenant === tenant && haveSameLabels(known.labels, labels)) return;
      forget(stream);
      if (firing) keep(stream, { tenant, labels });
    },
    follow(rules) {
      if (rules.length > 0) liveOf(rules);
    },
    find(rules, { tenant, labels }) {
      return rules.length === 0 ? undefined : liveOf(rules).find({ tenant, labels });
    },
  };
}

function haveSameLabels(a: Labels, b: Labels): boolean {
  if (a === b) return true;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && a[name] === b[name])
  );
}
