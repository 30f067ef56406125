import type { TocsinError } from '../domain/errors.ts';
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
import type { PolicyTarget } from '../domain/policy/policy.ts';
import type { Severity } from '../domain/severity.ts';
import type { Door } from '../domain/source/door.ts';

/** Takes the requests of senders; a refusal is a TocsinError. */
export interface AlertReceiver {
  /** Answers once the request's alerts are committed. 422: nothing of a batch could be used, and `rejected` says why. */
  receive(request: ReceiveRequest): Promise<SenderAnswer>;
  /** How this sender is told of an error; undefined where that is tocsin's own problem document. */
  refuse(caller: Caller, error: TocsinError): SenderAnswer | undefined;
  /** Answers a sender that asks whether it may send. */
  handshake(caller: Caller, header: HeaderLookup): SenderAnswer;
  /** What the answering side of Alertmanager's API says of itself. Throws `unknown_source`. */
  describe(caller: Caller): object;
}

/** Who asks, as far as it is known before a body is read. */
export interface Caller {
  readonly door: Door;
  /** As it stood in the address or a header: secret. */
  readonly key?: string | undefined;
}

export interface ReceiveRequest extends Caller {
  readonly rawBody: Buffer;
  readonly header: HeaderLookup;
  readonly requestId: string;
  readonly traceparent: string;
}

/** By a name in lower case. */
export type HeaderLookup = (name: string) => string | undefined;

export interface SenderAnswer {
  readonly status: number;
  /** Sent as JSON. Without one a success has none, and a refusal is a problem document under this status. */
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Says what would become of an alert. Nothing is sent or written. */
export interface RouteExplainer {
  /** Throws `invalid_command`, or why the source's format cannot read the payload. */
  explain(request: RouteTestRequest): object;
}

export interface RouteTestRequest {
  readonly tenant: string;
  readonly source?: string;
  /** Either these or a payload. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly payload?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds since 1970; absent: now. */
  readonly atMs?: number;
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
  /** Commands with the same one are one command; absent: each is its own. Never chosen by a caller. */
  readonly commandId?: string;
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

/** What `channel:ops`, `user:amy` or `schedule:payments` names in the configuration that is in force now. */
export type TargetFinder = (text: string) => PolicyTarget | undefined;

export interface Readiness {
  check(): Promise<ReadinessReport>;
}

export type PartState = 'ok' | 'degraded' | 'down' | 'off';

export interface ReadinessReport {
  readonly ready: boolean;
  readonly degraded: readonly string[];
  readonly parts: Readonly<Record<string, PartState>>;
}
