import type { AlertSample, Labels } from '../alert/alert.ts';
import type { LanePositions, NotificationKind, StepReason } from '../events/incident-events.ts';
import type { IncidentStatus } from '../policy/notification.ts';
import type { PolicySnapshot, Target } from '../policy/policy.ts';
import type { Severity } from '../severity.ts';

/** Where the escalation stands. `round` rises with every restart, so that notification keys stay distinct. */
export interface Ladder {
  readonly round: number;
  readonly step: number;
  readonly startedAt: string;
  readonly waitMs: number;
  /** Rounds begun because nobody answered the one before. */
  readonly repeats: number;
  readonly exhausted: boolean;
  /** Pages of this step, and how many of them were given up. */
  readonly pages: number;
  readonly deadPages: number;
}

/** A reason to begin a step at once rather than when the last one's wait is over. */
export interface Summons {
  readonly reason: StepReason;
  readonly at: string;
  readonly targets?: readonly Target[];
}

/** A notification that was requested and whose end is not known yet. */
export interface PendingNotification {
  readonly key: string;
  readonly kind: NotificationKind;
  readonly round: number;
  readonly step: number;
  readonly target: Target;
  readonly providerId?: string;
}

/** A delivered page that its channel lets us edit. */
export interface PostedMessage {
  readonly target: Target;
  readonly providerId: string;
  readonly round: number;
  readonly step: number;
  /** The state that the message was last asked to show. */
  readonly shows: IncidentStatus;
}

/** Folded from the stream `incident-<id>`; what the saga decides on and the views show. */
export interface Incident {
  readonly version: number;
  readonly id: string;
  readonly tenant: string;
  readonly workflowId: string;
  readonly route: string;
  readonly groupLabels: Labels;
  readonly policy: PolicySnapshot;
  readonly title: string;
  readonly severity: Severity;
  readonly status: IncidentStatus;
  readonly openedAt: string;
  /** From the opening to the first page. */
  readonly groupWaitMs: number;
  readonly acknowledgedAt?: string;
  readonly acknowledgedBy?: string;
  readonly snoozedUntil?: string;
  readonly resolvedAt?: string;
  readonly resolvedBy?: string;
  readonly resolvedReason?: 'cleared' | 'by_human';
  readonly attached: number;
  readonly cleared: number;
  readonly samples: readonly AlertSample[];
  readonly positions: LanePositions;
  readonly ladder?: Ladder;
  readonly summons?: Summons;
  readonly pending: readonly PendingNotification[];
  readonly messages: readonly PostedMessage[];
  readonly requested: number;
  readonly delivered: number;
  readonly deadLettered: number;
}

/** Before `IncidentOpened` there is nothing. */
export type IncidentState = Incident | undefined;
