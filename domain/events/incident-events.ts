import type { AlertSample, Labels } from '../alert/alert.ts';
import type { PersonToPage } from '../people/step-resolution.ts';
import type { PolicySnapshot, PolicyTarget, StepMode, Target } from '../policy/policy.ts';
import type { Severity } from '../severity.ts';

/** Last log position per lane that a saga has taken in; keys are lane numbers. */
export type LanePositions = Readonly<Record<string, number>>;

/**
 * `update` and `resolved` edit what a page said, `reminder` goes to whoever acknowledged, `undo` takes a page back, `test`
 * belongs to no incident.
 */
export type NotificationKind = 'page' | 'update' | 'resolved' | 'reminder' | 'undo' | 'test';

/** Why a step began. */
export type StepReason =
  | 'opened'
  | 'not_acknowledged'
  | 'undeliverable'
  | 'repeat'
  | 'escalated'
  | 'reassigned'
  | 'snooze_ended'
  | 'severity_raised'
  | 'acknowledgement_expired'
  /** The step before was skipped: its condition did not hold, or it found nobody. */
  | 'skipped'
  /** All rounds are over; `step` is one behind the policy's last. */
  | 'exhausted';

/** `superseded`: the next one was due as well when the engine was back. `too_old`: overdue by more than `max_age`. */
export type SkipReason = 'condition' | 'nobody' | 'superseded' | 'too_old';

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
        /** Channels that are paged at once. */
        readonly targets: readonly Target[];
        /** Absent means `all`. */
        readonly mode?: StepMode;
        /** Users whose contacts are paged one after the other from now on. */
        readonly people?: readonly PersonToPage[];
        /** What the pages of this step say besides. */
        readonly notes?: readonly string[];
      };
    }
  | {
      readonly type: 'StepSkipped';
      readonly data: {
        readonly at: string;
        readonly round: number;
        readonly step: number;
        readonly reason: SkipReason;
        readonly dueAt: string;
        readonly notes?: readonly string[];
      };
    }
  | {
      /** Of low urgency, until the hours that the step waits for. */
      readonly type: 'StepDelayed';
      readonly data: {
        readonly at: string;
        readonly round: number;
        readonly step: number;
        readonly until: string;
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
        /** The provider's id of the message to edit, or to take back where it is known. */
        readonly providerId?: string;
        /** Key of the page that an `undo` takes back. */
        readonly of?: string;
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
        /** What the last attempt came to; absent where an older release wrote it. `unknown`: it may have arrived. */
        readonly outcome?: 'retry' | 'rejected' | 'unknown';
      };
    }
  | {
      /** A dead letter is sent again, under the same key. `by` is `tocsin` where its provider answers again. */
      readonly type: 'NotificationRedelivered';
      readonly data: { readonly at: string; readonly key: string; readonly by: string };
    }
  | {
      /** What the page `of` did is taken back by the notification `key`, of kind `undo`. */
      readonly type: 'NotificationUndone';
      readonly data: { readonly at: string; readonly key: string; readonly of: string };
    }
  | {
      readonly type: 'AcknowledgementExpired';
      readonly data: { readonly at: string };
    }
  | {
      /** Nothing fires any more; the incident stays open until then, in case it comes back. */
      readonly type: 'ResolutionHeld';
      readonly data: { readonly at: string; readonly until: string };
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
      readonly data: { readonly at: string; readonly by: string; readonly targets: readonly PolicyTarget[] };
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
        /** `unheard`: nothing was heard of its alerts for the policy's `auto_resolve`. */
        readonly reason: 'cleared' | 'by_human' | 'unheard';
        /** What the saga had taken in by then: a human's resolve keeps these episodes quiet. */
        readonly positions: LanePositions;
      };
    };
