import { kept, type Processor } from './processor.ts';
import { withoutLabels } from './without-labels.ts';

/** Removes labels by name, such as those that differ with every start of a process and would make incidents of their own. */
export function createDropLabels(names: readonly string[]): Processor {
  const dropped = new Set(names);
  return {
    process(alert) {
      if (!names.some((name) => Object.hasOwn(alert.labels, name))) return kept(alert);
      return kept({ ...alert, labels: withoutLabels(alert.labels, dropped) });
    },
  };
}
