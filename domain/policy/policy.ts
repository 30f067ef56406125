import type { Severity } from '../severity.ts';

/** Where one page goes: a configured channel, or one contact of a user. `provider` names the task queue, `updates` whether later edits are wanted too. */
export interface Target {
  readonly kind: 'channel' | 'contact';
  /** As written in the configuration, such as `channel:ops`; of a contact `user:amy/phone`. */
  readonly name: string;
  /** By which the way to send is found: `ops`, `user:amy/phone`. */
  readonly channel: string;
  readonly provider: string;
  readonly updates: boolean;
  /** What was sent can be taken back. Absent means no. */
  readonly undoable?: true;
}

/** Whom a step names; users and schedules become people and their contacts when the step is due. */
export type PolicyTarget =
  | Target
  | { readonly kind: 'user'; readonly name: string; readonly user: string }
  | { readonly kind: 'schedule'; readonly name: string; readonly schedule: string };

/** `first_success` pages one after the other until one is delivered; `all_or_nothing` takes back what was delivered when one fails. */
export type StepMode = 'all' | 'first_success' | 'all_or_nothing';

export type Urgency = 'high' | 'low';

/** Asked when a step is due; matchers are in Alertmanager's syntax, over the group labels and the labels of the first alert. */
export type Condition =
  | { readonly kind: 'severity'; readonly in: readonly Severity[] }
  | { readonly kind: 'urgency'; readonly is: Urgency }
  | { readonly kind: 'labels'; readonly match: readonly string[] }
  | { readonly kind: 'alerts'; readonly atLeast: number }
  | { readonly kind: 'open_for'; readonly atLeastMs: number }
  | { readonly kind: 'hours'; readonly name: string; readonly within: boolean }
  /** Not all of them hold: the other branch. */
  | { readonly kind: 'not'; readonly of: readonly Condition[] };

export interface PolicyStep {
  readonly targets: readonly PolicyTarget[];
  /** From the step's start to the start of the next one. */
  readonly waitMs: number;
  /** Default: `all`. */
  readonly mode?: StepMode;
  /** All must hold, or the step is skipped at once. Branches are compiled to this. */
  readonly when?: readonly Condition[];
  /** Incidents of low urgency wait for the next time of these hours (a time interval's name) before the step. */
  readonly delayUntil?: string;
  /** One of the people that the targets name, in turn from incident to incident. */
  readonly roundRobin?: true;
}

/** A policy as an incident pins it when it opens: plain data, no secrets. */
export interface PolicySnapshot {
  readonly name: string;
  readonly configVersion: number;
  /** Rounds after the first. */
  readonly repeat: number;
  readonly steps: readonly PolicyStep[];
  /** Absent: by severity, `critical` and `error` are high. */
  readonly urgency?: Urgency;
  /** Acknowledged but not resolved for so long: the escalation begins anew. */
  readonly ackTimeoutMs?: number;
  /** While acknowledged, whoever was paged last is reminded so often. */
  readonly remindEveryMs?: number;
  /** Nothing new was heard of any alert for so long: the incident resolves by itself. */
  readonly autoResolveMs?: number;
  /** Nothing fires any more: the incident stays open for so long, in case it comes back. */
  readonly resolveHoldMs?: number;
  /** A human resolved it and its alerts fire on for so long: they open a new incident. */
  readonly reopenAfterMs?: number;
  /** A step that is overdue by more is not sent; its incident goes to `onExhausted`, where there is one. */
  readonly maxAgeMs?: number;
  /** Paged when all rounds are over without an answer, and where a step finds nobody. */
  readonly onExhausted?: readonly Target[];
}
