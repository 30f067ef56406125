import type { Alert } from '../../domain/alert/alert.ts';
import { limits } from '../../domain/limits.ts';
import { labelValueOf } from '../../domain/matcher/matcher.ts';
import { kept, type Processor } from './processor.ts';
import { remember } from './remember.ts';
import { createSlidingWindow, type SlidingWindow } from './sliding-window.ts';

export interface OutlierOptions {
  /** The annotation, else the label, that holds the number. */
  readonly value: string;
  readonly window: number;
  /** Standard deviations from the mean. */
  readonly threshold: number;
}

interface Seen {
  readonly value: number;
  readonly isOutlier: boolean;
}

/**
 * Adds `outlier="true"` to a firing alert whose number is further than `threshold` standard deviations from the mean of
 * the last `window` numbers of alerts of the same name. The first ten numbers of a name are taken as usual. An unchanged
 * repeat is no new number: it keeps its verdict and does not shift what counts as usual.
 */
export function createOutlier({ value: field, window, threshold }: OutlierOptions): Processor {
  const enough = Math.min(limits.minOutlierNumbers, window);
  const maxSeries = Math.min(limits.maxOutlierSeries, Math.floor(limits.maxOutlierNumbers / window));
  const series = new Map<string, SlidingWindow>();
  const seen = new Map<string, Seen>();

  function judge(alert: Alert, value: number): boolean {
    const before = seen.get(alert.fingerprint);
    if (before?.value === value) return before.isOutlier;
    const name = labelValueOf(alert.labels, 'alertname');
    const numbers = series.get(name) ?? createSlidingWindow(window);
    const isOutlier = numbers.size() >= enough && numbers.distanceOf(value) > threshold;
    numbers.add(value);
    remember(series, name, { value: numbers, maxEntries: maxSeries });
    remember(seen, alert.fingerprint, { value: { value, isOutlier }, maxEntries: limits.maxOutlierAlerts });
    return isOutlier;
  }

  return {
    process(alert) {
      if (alert.status === 'resolved') return kept(alert);
      const value = numberOf(alert, field);
      if (value === undefined || !judge(alert, value)) return kept(alert);
      return kept({ ...alert, labels: { ...alert.labels, outlier: 'true' } });
    },
  };
}

/** A decimal number and nothing else; beyond the largest its square would be infinite, and nothing would stand out. */
const decimal = /^[+-]?\d{1,40}(?:\.\d{0,40})?(?:[eE][+-]?\d{1,3})?$/;
const largest = 1e150;

function numberOf({ annotations, labels }: Alert, field: string): number | undefined {
  const text = labelValueOf(annotations, field) || labelValueOf(labels, field);
  if (!decimal.test(text)) return undefined;
  const value = Number(text);
  return Math.abs(value) <= largest ? value : undefined;
}
