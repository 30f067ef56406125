import { formatDuration } from '../duration.ts';
import type { PolicySnapshot } from './policy.ts';

export interface ExplainedPolicy {
  readonly name: string;
  /** Rounds after the first. */
  readonly repeat: number;
  readonly steps: readonly ExplainedStep[];
}

/** Durations are as in the configuration: `30s`. */
export interface ExplainedStep {
  readonly step: number;
  /** From the incident's opening on, if nobody acknowledges. */
  readonly after: string;
  /** Until the next step. */
  readonly wait: string;
  readonly notify: readonly { readonly target: string; readonly provider: string }[];
}

/** Whom the first round would page, and when; an incident that gathers alerts first pages that much later. */
export function explainPolicy({ name, repeat, steps }: PolicySnapshot, groupWaitMs: number): ExplainedPolicy {
  let afterMs = groupWaitMs;
  const explained = steps.map(({ targets, waitMs }, step) => {
    const after = formatDuration(afterMs);
    afterMs += waitMs;
    const notify = targets.map(({ name: target, provider }) => ({ target, provider }));
    return { step, after, wait: formatDuration(waitMs), notify };
  });
  return { name, repeat, steps: explained };
}
