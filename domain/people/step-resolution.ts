import type { Labels } from '../alert/alert.ts';
import type { Condition, PolicyTarget, Target, Urgency } from '../policy/policy.ts';
import type { Severity } from '../severity.ts';

/** What a step that is due asks of the world: the saga knows no time zones and no people. */
export interface StepQuestion {
  readonly tenant: string;
  readonly incidentId: string;
  readonly policy: string;
  readonly round: number;
  readonly step: number;
  /** Epoch milliseconds of the saga: conditions and schedules are asked for this instant. */
  readonly atMs: number;
  readonly targets: readonly PolicyTarget[];
  readonly when: readonly Condition[];
  readonly delayUntil?: string;
  readonly roundRobin?: true;
  /** Where there is nobody else. */
  readonly fallback: readonly Target[];
  readonly urgency: Urgency;
  readonly severity: Severity;
  readonly labels: Labels;
  readonly alertCount: number;
  readonly openedAt: string;
}

/** A user to page, by each contact so long after the step. At least one contact. */
export interface PersonToPage {
  readonly user: string;
  /** The schedule that named the user, such as `schedule:payments`. */
  readonly via?: string;
  readonly contacts: readonly { readonly target: Target; readonly afterMs: number }[];
}

export type StepResolution =
  | {
      readonly kind: 'page';
      /** Channels that the step names, and the fallback where it was needed. */
      readonly targets: readonly Target[];
      readonly people: readonly PersonToPage[];
      /** What the page must say, such as `nobody is on call in payments`. */
      readonly notes: readonly string[];
    }
  /** A condition does not hold, or there is nobody and no fallback either. */
  | { readonly kind: 'skip'; readonly reason: 'condition' | 'nobody'; readonly notes: readonly string[] }
  | { readonly kind: 'delay'; readonly untilMs: number };
