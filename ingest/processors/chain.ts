import type { ProcessorSpec } from '../../config/config.ts';
import type { Alert } from '../../domain/alert/alert.ts';
import { unreachable } from '../../domain/never.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { createAddLabels } from './add-labels.ts';
import { createDropLabels } from './drop-labels.ts';
import { createLimit } from './limit.ts';
import { createMapSeverity } from './map-severity.ts';
import { createOutlier } from './outlier.ts';
import { kept, type Processor } from './processor.ts';
import { createRedact } from './redact.ts';
import { createRenameLabel } from './rename-label.ts';
import { createSample } from './sample.ts';
import { withinLimits } from './within-limits.ts';

export interface ProcessorDeps {
  readonly metrics: Pick<Metrics, 'redactions'>;
  /** The source's name, for metrics. */
  readonly source: string;
}

/** All processors of one source, in their order; the first that drops an alert ends its way. */
export type Chain = Processor;

export function createChain(processors: readonly Processor[]): Chain {
  return {
    process(original, nowMs) {
      let alert: Alert = original;
      for (const processor of processors) {
        const processed = processor.process(alert, nowMs);
        if (processed.kind === 'dropped') return processed;
        alert = processed.alert;
      }
      return kept(withinLimits(alert, original));
    },
  };
}

export function createProcessor(spec: ProcessorSpec, { metrics, source }: ProcessorDeps): Processor {
  switch (spec.kind) {
    case 'add_labels':
      return createAddLabels(spec.labels);
    case 'drop_labels':
      return createDropLabels(spec.names);
    case 'rename_label':
      return createRenameLabel(spec);
    case 'map_severity':
      return createMapSeverity(spec);
    case 'redact':
      return createRedact(spec, (kind) => metrics.redactions.inc({ source, kind }));
    case 'sample':
      return createSample(spec);
    case 'outlier':
      return createOutlier(spec);
    case 'limit':
      return createLimit(spec);
    default:
      return unreachable(spec);
  }
}
