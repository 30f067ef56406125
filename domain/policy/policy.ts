/** Whom a step notifies. `provider` names the task queue, `updates` whether the channel wants later edits too. */
export interface Target {
  readonly kind: 'channel';
  /** As written in the configuration, such as `channel:ops`. */
  readonly name: string;
  readonly channel: string;
  readonly provider: string;
  readonly updates: boolean;
}

export interface PolicyStep {
  readonly targets: readonly Target[];
  /** From the step's start to the start of the next one. */
  readonly waitMs: number;
}

/** A policy as an incident pins it when it opens: plain data, no secrets. */
export interface PolicySnapshot {
  readonly name: string;
  readonly configVersion: number;
  /** Rounds after the first. */
  readonly repeat: number;
  readonly steps: readonly PolicyStep[];
}
