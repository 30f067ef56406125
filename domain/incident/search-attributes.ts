import type { Labels } from '../alert/alert.ts';
import type { IncidentStatus } from '../policy/notification.ts';
import type { Severity } from '../severity.ts';
import type { IncidentSubject } from './protocol.ts';

/** Temporal search attributes, each of type Keyword; `temporal-dev.yml` registers the same names. */
export const searchAttributeNames = [
  'TocsinIncidentId',
  'TocsinTenant',
  'TocsinSeverity',
  'TocsinState',
  'TocsinService',
] as const;

export type SearchAttributeValues = Readonly<Record<(typeof searchAttributeNames)[number], string>>;

export interface Searchable {
  readonly incidentId: string;
  readonly subject: IncidentSubject;
  readonly severity: Severity;
  readonly state: IncidentStatus;
  /** Labels of the alert that opened the incident. */
  readonly labels: Labels;
}

export function searchAttributesOf({
  incidentId,
  subject,
  severity,
  state,
  labels,
}: Searchable): SearchAttributeValues {
  return {
    TocsinIncidentId: incidentId,
    TocsinTenant: subject.tenant,
    TocsinSeverity: severity,
    TocsinState: state,
    TocsinService: subject.groupLabels.service ?? labels.service ?? subject.route,
  };
}
