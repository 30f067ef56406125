import { type Matcher, matchesAll } from '../../domain/matcher/matcher.ts';
import { kept, type Processed, type Processor } from './processor.ts';

export interface SampleOptions {
  readonly match: readonly Matcher[];
  /** The share that is kept, 0 to 1. */
  readonly keep: number;
}

const dropped: Processed = { kind: 'dropped', reason: 'sampled' };

/**
 * Keeps a share of what matches. An alert's fingerprint decides, so that all its repeats share one fate, on every
 * server. What is critical is always kept, and so is what is over: it may have been more severe when it fired.
 */
export function createSample({ match, keep }: SampleOptions): Processor {
  const ceiling = keep * 2 ** 32;
  return {
    process(alert) {
      if (alert.status === 'resolved' || alert.severity === 'critical') return kept(alert);
      if (!matchesAll(match, alert.labels) || hash32(alert.fingerprint) < ceiling) return kept(alert);
      return dropped;
    },
  };
}

/** FNV-1a over the text and MurmurHash3's last mix, which spreads what differs in the last characters only. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
