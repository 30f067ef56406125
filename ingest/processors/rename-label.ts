import { labelValueOf } from '../../domain/matcher/matcher.ts';
import { kept, type Processor } from './processor.ts';
import { withoutLabels } from './without-labels.ts';

export interface RenameLabelOptions {
  readonly from: string;
  readonly to: string;
}

/** Where the new name is taken both labels stay as they are: nothing that the sender says gets lost. */
export function createRenameLabel({ from, to }: RenameLabelOptions): Processor {
  const names = new Set([from, to]);
  return {
    process(alert) {
      const { labels } = alert;
      if (!Object.hasOwn(labels, from) || labelValueOf(labels, to) !== '') return kept(alert);
      const renamed = withoutLabels(labels, names);
      renamed[to] = labelValueOf(labels, from);
      return kept({ ...alert, labels: renamed });
    },
  };
}
