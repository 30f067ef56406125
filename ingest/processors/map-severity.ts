import { labelValueOf } from '../../domain/matcher/matcher.ts';
import type { Severity } from '../../domain/severity.ts';
import { kept, type Processor } from './processor.ts';

export interface MapSeverityOptions {
  readonly label: string;
  /** The label's values in lower case. */
  readonly values: ReadonlyMap<string, Severity>;
  /** For every other value, and for alerts without the label; absent leaves those alone. */
  readonly otherwise?: Severity;
}

/**
 * Translates a label into the alert's severity. The label `severity` is set to the same word, because routes and
 * silences match labels: `severity="critical"` must mean what the incident shows.
 */
export function createMapSeverity({ label, values, otherwise }: MapSeverityOptions): Processor {
  return {
    process(alert) {
      const word = labelValueOf(alert.labels, label).trim().toLowerCase();
      const severity = values.get(word) ?? otherwise;
      if (severity === undefined) return kept(alert);
      if (severity === alert.severity && labelValueOf(alert.labels, 'severity') === severity) {
        return kept(alert);
      }
      return kept({ ...alert, severity, labels: { ...alert.labels, severity } });
    },
  };
}
