import type { Labels } from '../../domain/alert/alert.ts';
import { labelValueOf } from '../../domain/matcher/matcher.ts';
import { kept, type Processor } from './processor.ts';

/** Sets labels that an alert lacks. What the sender says itself is never overwritten; an empty value counts as none. */
export function createAddLabels(added: Labels): Processor {
  const entries = Object.entries(added);
  return {
    process(alert) {
      const missing = entries.filter(([name]) => labelValueOf(alert.labels, name) === '');
      if (missing.length === 0) return kept(alert);
      return kept({ ...alert, labels: { ...alert.labels, ...Object.fromEntries(missing) } });
    },
  };
}
