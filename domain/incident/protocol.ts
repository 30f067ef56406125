import type { AlertSample, Labels } from '../alert/alert.ts';
import type { IncidentStatus } from '../policy/notification.ts';
import type { PolicySnapshot, PolicyTarget } from '../policy/policy.ts';
import type { Severity } from '../severity.ts';

/** What the dispatcher tells a saga about one alert event. (lane, position) lets the saga recognise a repeat. */
export interface AlertReference {
  readonly kind: 'fired' | 'changed' | 'cleared' | 'acknowledged';
  readonly lane: number;
  readonly position: number;
  /** The incident that this alert opens, if none is open. */
  readonly incidentId: string;
  readonly severity: Severity;
  readonly title: string;
  /** The source that says so: who acknowledges when the sender does. */
  readonly source: string;
  /** The alert was in the incident before, with an older episode. */
  readonly replaces: boolean;
  readonly sample?: AlertSample;
  /** When the alert was accepted, ISO 8601; for the latency metric only. */
  readonly acceptedAt: string;
  readonly traceparent?: string;
  /** Earlier events of this lane, by rising position, that tell the incident just the same: each counts like this one. */
  readonly also?: readonly number[];
}

/** One signal: at most `limits.maxReferencesPerSignal` references, in log order, for at most `limits.maxEventsPerSignal` events. */
export interface AlertsSignal {
  /** Absent where nothing fired. */
  readonly policy?: PolicySnapshot;
  /** How long an incident that this opens gathers alerts before its first page; absent means none. */
  readonly groupWaitMs?: number;
  readonly references: readonly AlertReference[];
  /** Set by the clock: take up this incident of the log if it is unresolved, and ask whether any of its alerts fires. */
  readonly review?: { readonly incidentId: string };
  /** Dead letters of this incident, open or over, to be sent again under their keys. */
  readonly redeliver?: { readonly incidentId: string; readonly keys: readonly string[]; readonly by: string };
}

/** Which incidents this workflow id stands for. */
export interface IncidentSubject {
  readonly tenant: string;
  readonly route: string;
  readonly groupLabels: Labels;
}

export interface EscalationInput {
  readonly subject: IncidentSubject;
  /** What a run that continued as new has not handled yet. */
  readonly inbox?: readonly AlertsSignal[];
  /** The incident that a run continues, to be read again from its stream. */
  readonly resume?: { readonly incidentId: string };
  /** Resolved incidents whose last messages are still being edited; at most `limits.maxUnfinished`. */
  readonly unfinished?: readonly string[];
}

export interface ProjectionInput {
  readonly incidentId: string;
  readonly version: number;
}

interface CommandBase {
  readonly incidentId: string;
  /** Who: a name as the caller gives it. */
  readonly by: string;
  readonly via: string;
  readonly requestId: string;
  readonly traceparent?: string;
}

export type AcknowledgeCommand = CommandBase;
export type ResolveCommand = CommandBase;
export type EscalateCommand = CommandBase;
export type SnoozeCommand = CommandBase & { readonly until: string };
export type ReassignCommand = CommandBase & { readonly targets: readonly PolicyTarget[] };
export type NoteCommand = CommandBase & { readonly text: string };

export type IncidentCommand =
  | { readonly name: 'acknowledge'; readonly command: AcknowledgeCommand }
  | { readonly name: 'resolve'; readonly command: ResolveCommand }
  | { readonly name: 'escalate'; readonly command: EscalateCommand }
  | { readonly name: 'snooze'; readonly command: SnoozeCommand }
  | { readonly name: 'reassign'; readonly command: ReassignCommand }
  | { readonly name: 'note'; readonly command: NoteCommand };

/** A command on its way to the saga, with an id of its own: one delivered twice is decided once. */
export type Identified<C extends CommandBase> = C & { readonly commandId: string };

export interface CommandResult {
  readonly state: IncidentStatus;
  /** The version that shows the command's effect: ask a view for it as `min_version`. */
  readonly version: number;
}
