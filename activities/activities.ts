import type { EventMetadata } from '../domain/events/envelope.ts';
import type { IncidentEvent, LanePositions } from '../domain/events/incident-events.ts';
import type { Incident } from '../domain/incident/incident.ts';
import type { StepQuestion, StepResolution } from '../domain/people/step-resolution.ts';
import type { NotificationRequest } from '../domain/policy/notification.ts';
import type { ArchiveKind } from '../domain/retention/archive-kind.ts';

export interface RecordRequest {
  readonly incidentId: string;
  /** The version of the last event that the saga has folded; -1 for none. */
  readonly expectedVersion: number;
  /** May be empty: then the stream is only read. */
  readonly events: readonly IncidentEvent[];
  readonly metadata: EventMetadata;
  /** Whether the projection runs already and is to be told of the new version. */
  readonly wakesProjection: boolean;
}

/** `present`: the stream already went on, so nothing was appended; the saga folds this and decides again. */
export type RecordAnswer =
  | { readonly kind: 'appended' }
  | {
      readonly kind: 'present';
      readonly events: readonly IncidentEvent[];
      /** Of the commands that decided these events: a command that finds its own is done. */
      readonly commandIds: readonly string[];
      readonly more: boolean;
    };

export interface CountFiringRequest {
  readonly workflowId: string;
  /** The view must have reached these log positions before it is asked. */
  readonly positions: LanePositions;
}

/** Local activities of the saga. */
export interface SagaActivities {
  record(request: RecordRequest): Promise<RecordAnswer>;
  /**
   * What an incident's whole stream folds to; nothing where there is none. It stands in histories, so what a later
   * version adds to an incident must be allowed to be missing.
   */
  recall(request: { readonly incidentId: string }): Promise<{ readonly incident?: Incident }>;
  countFiring(request: CountFiringRequest): Promise<{ readonly firing: number }>;
  /** Conditions, hours, people and schedules at one instant, by the configuration in force. */
  resolveStep(question: StepQuestion): Promise<StepResolution>;
}

export interface NotifyAnswer {
  readonly providerId: string;
  readonly attempts: number;
}

/**
 * Activities of the queues `tocsin-notify-<provider>` and `tocsin-notify-<provider>-edits`. A failure's type is `retry` or
 * `unknown` where another attempt may follow, `rejected` or `dead` where none does. Its first detail is the number of
 * attempts, its second the outcome of the last one: `unknown` may have happened.
 */
export interface NotifierActivities {
  notify(request: NotificationRequest): Promise<NotifyAnswer>;
}

/** Local activities of the projection. */
export interface ProjectionActivities {
  project(request: {
    readonly incidentId: string;
  }): Promise<{ readonly version: number; readonly resolved: boolean }>;
}

export interface ArchiveRequest {
  readonly kind: ArchiveKind;
  /** Streams whose last event is older, in milliseconds since 1970. */
  readonly beforeMs: number;
  /** Of the batch before; absent for the first. */
  readonly cursor?: string;
}

/** Activities of the queue of the sagas, for the retention workflow. */
export interface RetentionActivities {
  /** Moves one bounded batch of closed streams to the archive. Without a cursor in the answer it was the last. */
  archiveBatch(request: ArchiveRequest): Promise<{ readonly moved: number; readonly cursor?: string }>;
}
