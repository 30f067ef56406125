import type { Labels } from '../domain/alert/alert.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { type Due, duesOf, earliest } from '../domain/policy/dues.ts';
import type { IncidentStatus } from '../domain/policy/notification.ts';
import type { Severity } from '../domain/severity.ts';
import type { FoldedIncident, IncidentNote } from './fold-incident.ts';

/** An incident as the API shows it. Instants are ISO 8601 in UTC; what does not apply is absent. */
export interface IncidentView {
  readonly id: string;
  readonly state: IncidentStatus;
  /** Of the incident's stream; pass it as `min_version` to read no older view. */
  readonly version: number;
  readonly title: string;
  readonly severity: Severity;
  readonly openedAt: string;
  readonly updatedAt: string;
  readonly tenant: string;
  readonly route: string;
  readonly policy: string;
  /** Of the configuration that the policy was pinned from. */
  readonly configVersion: number;
  readonly groupLabels: Labels;
  /** Alerts that joined, and how many of them have cleared. */
  readonly alertCount: number;
  readonly clearedCount: number;
  readonly acknowledgedAt?: string;
  readonly acknowledgedBy?: string;
  readonly snoozedUntil?: string;
  readonly resolvedAt?: string;
  readonly resolvedBy?: string;
  /** `unheard`: nothing was heard of its alerts for the policy's `auto_resolve`. */
  readonly resolvedReason?: 'cleared' | 'by_human' | 'unheard';
  /** Nothing fires any more; it resolves then, unless something does again. */
  readonly resolvesAt?: string;
  readonly escalation?: EscalationView;
  readonly next?: NextView;
  readonly notifications: NotificationCounts;
  readonly noteCount: number;
  readonly lastNote?: IncidentNote;
}

export interface EscalationView {
  readonly round: number;
  readonly step: number;
  readonly startedAt: string;
  readonly exhausted: boolean;
  /** When somebody is paged next, unless somebody answers first. */
  readonly nextStepAt?: string;
}

/** What comes by itself if nobody says anything; `step` is a step of the policy, `contact` a user's next contact. */
export interface NextView {
  readonly at: string;
  readonly what: Due['what'];
}

export interface NotificationCounts {
  readonly requested: number;
  readonly delivered: number;
  readonly dead: number;
  /** Neither delivered nor given up yet. */
  readonly pending: number;
}

/** The name of the cached view's shape: raise it with every change of `IncidentView`. */
export const incidentViewShape = 2;

export function toIncidentView({ incident, updatedAt, noteCount, lastNote }: FoldedIncident): IncidentView {
  const { id, version, title, severity, openedAt, tenant, route, policy, groupLabels } = incident;
  return {
    id,
    state: incident.status,
    version,
    title,
    severity,
    openedAt,
    updatedAt,
    tenant,
    route,
    policy: policy.name,
    configVersion: policy.configVersion,
    groupLabels,
    alertCount: incident.attached,
    clearedCount: incident.cleared,
    ...answers(incident),
    ...escalationOf(incident),
    ...nextOf(incident),
    notifications: {
      requested: incident.requested,
      delivered: incident.delivered,
      dead: incident.deadLettered,
      pending: incident.pending.length,
    },
    noteCount,
    ...(lastNote !== undefined && { lastNote: { at: lastNote.at, by: lastNote.by, text: lastNote.text } }),
  };
}

function answers(incident: Incident) {
  const { acknowledgedAt, acknowledgedBy, snoozedUntil, resolvedAt, resolvedBy, resolvedReason, held } =
    incident;
  return {
    ...(acknowledgedAt !== undefined && { acknowledgedAt }),
    ...(acknowledgedBy !== undefined && { acknowledgedBy }),
    ...(snoozedUntil !== undefined && { snoozedUntil }),
    ...(resolvedAt !== undefined && { resolvedAt }),
    ...(resolvedBy !== undefined && { resolvedBy }),
    ...(resolvedReason !== undefined && { resolvedReason }),
    ...(held !== undefined && { resolvesAt: held.until }),
  };
}

function escalationOf(incident: Incident): { escalation?: EscalationView } {
  const { ladder } = incident;
  if (ladder === undefined) return {};
  const { round, step, startedAt, exhausted } = ladder;
  return {
    escalation: { round, step, startedAt, exhausted, ...nextStepAt(incident) },
  };
}

/** As the saga itself has it from its planner. */
function nextStepAt(incident: Incident): { nextStepAt?: string } {
  const step = duesOf(incident).find(({ what }) => what === 'step');
  return step === undefined ? {} : { nextStepAt: new Date(step.dueMs).toISOString() };
}

function nextOf(incident: Incident): { next?: NextView } {
  const due = earliest(duesOf(incident));
  return due === undefined ? {} : { next: { at: new Date(due.dueMs).toISOString(), what: due.what } };
}
