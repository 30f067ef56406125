import type { Severity } from '../severity.ts';

/** A JSON pointer (RFC 6901) as its unescaped reference tokens. */
export type JsonPath = readonly string[];

/** Where the parts of an alert stand in a body that has a shape of its own: paths only, no code. */
export interface GenericMapping {
  /** The list of alerts; without it the body is one alert, or a list of them. The other paths start at an alert. */
  readonly alerts?: JsonPath;
  readonly status?: JsonPath;
  /** Texts that mean that an alert fires or is over, compared without case. What is in neither is refused. */
  readonly statusValues: { readonly firing: readonly string[]; readonly resolved: readonly string[] };
  readonly severity?: JsonPath;
  /** The sender's words for severities, compared without case. */
  readonly severityValues: ReadonlyMap<string, Severity>;
  /** What names the alert, together; without it the labels do. */
  readonly fingerprint: readonly JsonPath[];
  readonly startsAt?: JsonPath;
  readonly endsAt?: JsonPath;
  readonly url?: JsonPath;
  /** An object whose members become labels, or single labels by name. */
  readonly allLabels?: JsonPath;
  readonly labels: ReadonlyMap<string, JsonPath>;
  readonly allAnnotations?: JsonPath;
  readonly annotations: ReadonlyMap<string, JsonPath>;
}
