import type {
  AcknowledgeCommand,
  CommandResult,
  EscalateCommand,
  NoteCommand,
  ReassignCommand,
  ResolveCommand,
  SnoozeCommand,
} from '../domain/incident/protocol.ts';
import type { IncidentStatus } from '../domain/policy/notification.ts';
import type { Severity } from '../domain/severity.ts';

/** Takes one request of a sender; answers once its alerts are committed. */
export interface AlertReceiver {
  receive(request: ReceiveRequest): Promise<{ readonly status: number; readonly body: object }>;
}

export interface ReceiveRequest {
  /** As it stood in the address: secret. */
  readonly key: string;
  readonly rawBody: Buffer;
  readonly contentType: string | undefined;
  readonly requestId: string;
  readonly traceparent: string;
}

export interface Page {
  readonly items: readonly object[];
  readonly next_cursor: string | null;
}

export interface IncidentListQuery {
  readonly tenant: string;
  readonly state?: IncidentStatus;
  readonly severity?: Severity;
  readonly q?: string;
  readonly cursor?: string;
  readonly limit: number;
}

export interface IncidentQuery {
  readonly tenant: string;
  readonly id: string;
  readonly minVersion?: number;
}

export interface IncidentQueries {
  listIncidents(query: IncidentListQuery): Promise<Page>;
  /** Throws `incident_not_found`, for another tenant's incident too. */
  getIncident(query: IncidentQuery): Promise<object>;
  getTimeline(query: IncidentQuery): Promise<Page>;
}

export interface AlertQueries {
  listAlerts(query: AlertListQuery): Promise<Page>;
}

export interface AlertListQuery {
  readonly tenant: string;
  readonly status?: 'firing' | 'resolved';
  readonly severity?: Severity;
  readonly q?: string;
  readonly cursor?: string;
  readonly limit: number;
}

/** Finds an incident in the event log, which never lags. */
export interface IncidentFinder {
  findIncident(id: string): Promise<FoundIncident | undefined>;
}

export interface FoundIncident {
  readonly workflowId: string;
  readonly tenant: string;
  readonly resolved: boolean;
}

/** What a command carries besides its own fields: where the saga is, and the caller's trace. */
export interface CommandAddress {
  readonly workflowId: string;
  readonly traceparent: string;
}

/** The saga's commands. Each throws `incident_closed`, `incident_not_found` or `engine_unavailable`. */
export interface IncidentCommands {
  acknowledge(command: AcknowledgeCommand & CommandAddress): Promise<CommandResult>;
  resolve(command: ResolveCommand & CommandAddress): Promise<CommandResult>;
  snooze(command: SnoozeCommand & CommandAddress): Promise<CommandResult>;
  escalate(command: EscalateCommand & CommandAddress): Promise<CommandResult>;
  reassign(command: ReassignCommand & CommandAddress): Promise<CommandResult>;
  note(command: NoteCommand & CommandAddress): Promise<CommandResult>;
}

/** The channels of the configuration that is in force now. */
export type ChannelDirectory = () => ReadonlyMap<
  string,
  { readonly provider: string; readonly updates: boolean }
>;

export interface Readiness {
  check(): Promise<ReadinessReport>;
}

export type PartState = 'ok' | 'degraded' | 'down' | 'off';

export interface ReadinessReport {
  readonly ready: boolean;
  readonly degraded: readonly string[];
  readonly parts: Readonly<Record<string, PartState>>;
}
