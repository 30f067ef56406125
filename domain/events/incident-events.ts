import type { AlertSample, Labels } from '../alert/alert.ts';
import type { PolicySnapshot, Target } from '../policy/policy.ts';
import type { Severity } from '../severity.ts';

/** Last log position per lane that a saga has taken in; keys are lane numbers. */
export type LanePositions = Readonly<Record<string, number>>;

export type NotificationKind = 'page' | 'update' | 'resolved';

/** Why a step began. */
export type StepReason =
  | 'opened'
  | 'not_acknowledged'
  | 'undeliverable'
  | 'repeat'
  | 'escalated'
  | 'reassigned'
  | 'snooze_ended'
  | 'severity_raised';

/** All instants (`at`, `dueAt`, `until`) are ISO 8601 in UTC with milliseconds, of the saga's deterministic clock. */
export type IncidentEvent =
  | {
      readonly type: 'IncidentOpened';
      readonly data: {
        readonly at: string;
        readonly incidentId: string;
        readonly tenant: string;
        readonly workflowId: string;
        readonly route: string;
        readonly groupLabels: Labels;
        readonly policy: PolicySnapshot;
        readonly title: string;
        readonly severity: Severity;
        /** From the opening to the first page; absent means none. */
        readonly groupWaitMs?: number;
      };
    }
  | {
      readonly type: 'AlertsAttached';
      readonly data: {
        readonly at: string;
        readonly count: number;
        readonly severity: Severity;
        readonly sample: readonly AlertSample[];
        readonly positions: LanePositions;
      };
    }
  | {
      readonly type: 'AlertsCleared';
      readonly data: { readonly at: string; readonly count: number; readonly positions: LanePositions };
    }
  | {
      readonly type: 'StepStarted';
      readonly data: {
        readonly at: string;
        readonly round: number;
        readonly step: number;
        readonly reason: StepReason;
        /** When this step should have begun; `at` minus `dueAt` is its lateness. */
        readonly dueAt: string;
        readonly waitMs: number;
        readonly targets: readonly Target[];
      };
    }
  | {
      readonly type: 'NotificationRequested';
      readonly data: {
        readonly at: string;
        readonly key: string;
        readonly kind: NotificationKind;
        readonly round: number;
        readonly step: number;
        readonly sequence: number;
        readonly target: Target;
        /** The provider's id of the message to edit, for updates. */
        readonly providerId?: string;
      };
    }
  | {
      readonly type: 'NotificationDelivered';
      readonly data: {
        readonly at: string;
        readonly key: string;
        readonly providerId: string;
        readonly attempts: number;
      };
    }
  | {
      readonly type: 'NotificationFailed';
      /** Given up on purpose, because nobody needs it any more. */
      readonly data: { readonly at: string; readonly key: string; readonly reason: string };
    }
  | {
      readonly type: 'NotificationDeadLettered';
      readonly data: {
        readonly at: string;
        readonly key: string;
        readonly reason: string;
        readonly attempts: number;
      };
    }
  | {
      readonly type: 'IncidentAcknowledged';
      /** `positions`: of the alert event that said so, where the sender acknowledged. */
      readonly data: { readonly at: string; readonly by: string; readonly positions?: LanePositions };
    }
  | {
      readonly type: 'IncidentSnoozed';
      readonly data: { readonly at: string; readonly by: string; readonly until: string };
    }
  | { readonly type: 'IncidentEscalated'; readonly data: { readonly at: string; readonly by: string } }
  | {
      readonly type: 'IncidentReassigned';
      readonly data: { readonly at: string; readonly by: string; readonly targets: readonly Target[] };
    }
  | {
      readonly type: 'IncidentNoted';
      readonly data: { readonly at: string; readonly by: string; readonly text: string };
    }
  | { readonly type: 'EscalationExhausted'; readonly data: { readonly at: string; readonly round: number } }
  | {
      readonly type: 'IncidentResolved';
      readonly data: {
        readonly at: string;
        /** Absent when its alerts cleared. */
        readonly by?: string;
        readonly reason: 'cleared' | 'by_human';
        /** What the saga had taken in by then: a human's resolve keeps these episodes quiet. */
        readonly positions: LanePositions;
      };
    };
