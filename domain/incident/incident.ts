import type { AlertSample, Labels } from '../alert/alert.ts';
import type { LanePositions, NotificationKind, StepReason } from '../events/incident-events.ts';
import type { PersonToPage } from '../people/step-resolution.ts';
import type { IncidentStatus } from '../policy/notification.ts';
import type { PolicySnapshot, PolicyTarget, StepMode, Target, Urgency } from '../policy/policy.ts';
import type { Severity } from '../severity.ts';

/** Where the escalation stands. `round` rises with every restart, so that notification keys stay distinct. */
export interface Ladder {
  readonly round: number;
  readonly step: number;
  /** Of the step, or of the one before where this one was skipped; the round's next one is due `waitMs` later. */
  readonly startedAt: string;
  readonly waitMs: number;
  /** Rounds begun because nobody answered the one before. */
  readonly repeats: number;
  readonly exhausted: boolean;
  readonly mode: StepMode;
  /** Whom the step pages, in its order. */
  readonly units: readonly Unit[];
  /** The users among them. */
  readonly people: readonly PersonToPage[];
  /** Of `first_success`: whose turn it is. */
  readonly turn: number;
  readonly notes: readonly string[];
  /** When the last of the step's dead letters was given up. */
  readonly deadAt?: string;
  /** The step was skipped, because its condition did not hold or it found nobody: the next one is due since then. */
  readonly skippedAt?: string;
  /** Nobody was paged in this round yet. */
  readonly isIdle: boolean;
  /** A page of an `all_or_nothing` step was given up. */
  readonly hasFailed: boolean;
  /** Steps that were passed while the engine was away, until a page says so. */
  readonly missed: number;
}

/** What a step pages as one: a channel, or a user by the chain of the user's contacts. */
export type Unit =
  | { readonly kind: 'target'; readonly target: Target; readonly state: 'waiting' | 'asked' | 'dead' }
  | { readonly kind: 'person'; readonly user: string };

/** The contacts of one user, paged one after the other, by the rules for one urgency. */
export interface Chain {
  readonly user: string;
  /** The step that began it, whose place its pages carry. */
  readonly round: number;
  readonly step: number;
  readonly urgency: Urgency;
  readonly startedAt: string;
  /** Of the step that began it. */
  readonly waitMs: number;
  readonly contacts: PersonToPage['contacts'];
  /** Index of the next contact to page. */
  readonly next: number;
  readonly asked: number;
  readonly dead: number;
  /** The contact before it was given up: the next one is due since then. */
  readonly hurriedAt?: string;
  readonly notes: readonly string[];
}

/** A step of mode `all_or_nothing`, until all of its pages have ended well or are taken back. */
export interface Bundle {
  readonly round: number;
  readonly step: number;
  readonly hasFailed: boolean;
  /** In the order in which they were requested; what certainly never arrived is not among them. */
  readonly pages: readonly BundledPage[];
}

export interface BundledPage {
  readonly key: string;
  readonly target: Target;
  /** `ended`: it did, or may have reached its provider. */
  readonly state: 'under_way' | 'ended' | 'being_undone';
  readonly providerId?: string;
}

/** A step that waits for its hours. */
export interface Delay {
  readonly round: number;
  readonly step: number;
  readonly until: string;
}

/** A reason to begin a step at once rather than when the last one's wait is over. */
export interface Summons {
  readonly reason: StepReason;
  readonly at: string;
  readonly targets?: readonly PolicyTarget[];
}

/** A notification that was requested and whose end is not known yet. */
export interface PendingNotification {
  readonly key: string;
  readonly kind: NotificationKind;
  readonly round: number;
  readonly step: number;
  readonly target: Target;
  readonly providerId?: string;
  /** Key of the page that an undo takes back. */
  readonly of?: string;
  /** Nobody waits for it any more after this, ISO 8601. */
  readonly deadlineAt?: string;
  /** What it says besides. */
  readonly notes?: readonly string[];
}

/** A notification that was given up, and can be sent again under its key. */
export interface DeadLetter extends PendingNotification {
  /** How long the step of a page waits. */
  readonly waitMs?: number;
  /** Its last attempt may have reached the provider. */
  readonly mayHaveArrived?: true;
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
  /** When the last reminder went out since the acknowledgement. */
  readonly remindedAt?: string;
  readonly snoozedUntil?: string;
  readonly resolvedAt?: string;
  readonly resolvedBy?: string;
  readonly resolvedReason?: 'cleared' | 'by_human' | 'unheard';
  readonly attached: number;
  readonly cleared: number;
  readonly samples: readonly AlertSample[];
  readonly positions: LanePositions;
  /** When an alert joined last, or the incident opened. */
  readonly lastHeardAt: string;
  /** Nothing has fired since then; it resolves at the end, unless something does again. */
  readonly held?: { readonly since: string; readonly until: string };
  /** Something fired again while it was held: what became due meanwhile is due since then. */
  readonly resumedAt?: string;
  readonly ladder?: Ladder;
  readonly summons?: Summons;
  readonly delay?: Delay;
  /** At most one per user. */
  readonly chains: readonly Chain[];
  readonly bundles: readonly Bundle[];
  /** Whom the last step paged first: who is reminded. */
  readonly paged: readonly Target[];
  readonly pending: readonly PendingNotification[];
  /** At most `limits.maxDeadLetters`, the newest last. */
  readonly deadLetters: readonly DeadLetter[];
  readonly messages: readonly PostedMessage[];
  readonly requested: number;
  readonly delivered: number;
  readonly deadLettered: number;
}

/** Before `IncidentOpened` there is nothing. */
export type IncidentState = Incident | undefined;
