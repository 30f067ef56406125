import type { Alert } from '../../domain/alert/alert.ts';
import { limits } from '../../domain/limits.ts';
import { labelValueOf, type Matcher, matchesAll } from '../../domain/matcher/matcher.ts';
import { kept, type Processed, type Processor } from './processor.ts';
import { remember } from './remember.ts';

export interface LimitOptions {
  readonly match: readonly Matcher[];
  readonly alerts: number;
  readonly perMs: number;
  /** One count for each combination of values of these labels; none means one count for all. */
  readonly by: readonly string[];
}

interface Span {
  readonly startedMs: number;
  count: number;
}

const dropped: Processed = { kind: 'dropped', reason: 'limited' };

/**
 * Lets so many alerts through in each span of time, counted from the first of them. An alert that was let through stays
 * so until it is over: its repeats are no new alerts, and stopping them would make it look as if it had ended. What is
 * critical always passes and is not counted.
 */
export function createLimit({ match, alerts, perMs, by }: LimitOptions): Processor {
  const spans = new Map<string, Span>();
  const admitted = new Map<string, true>();

  function takeOne(key: string, nowMs: number): boolean {
    const current = spans.get(key);
    const isOver = current === undefined || nowMs < current.startedMs || nowMs >= current.startedMs + perMs;
    const span = isOver ? { startedMs: nowMs, count: 0 } : current;
    remember(spans, key, { value: span, maxEntries: limits.maxLimitKeys });
    if (span.count >= alerts) return false;
    span.count += 1;
    return true;
  }

  return {
    process(alert, nowMs) {
      if (alert.status === 'resolved') {
        admitted.delete(alert.fingerprint);
        return kept(alert);
      }
      if (!matchesAll(match, alert.labels)) return kept(alert);
      const isFree = alert.severity === 'critical' || admitted.has(alert.fingerprint);
      if (!isFree && !takeOne(keyOf(alert, by), nowMs)) return dropped;
      remember(admitted, alert.fingerprint, { value: true, maxEntries: limits.maxLimitedAlerts });
      return kept(alert);
    },
  };
}

function keyOf({ labels }: Alert, by: readonly string[]): string {
  return by.length === 1
    ? labelValueOf(labels, by[0] ?? '')
    : JSON.stringify(by.map((name) => labelValueOf(labels, name)));
}
