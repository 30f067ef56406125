import type { RouteTaken } from '../events/alert-events.ts';
import type { FlapRecord } from '../suppression/flap-record.ts';
import type { Alert } from './alert.ts';

/** What a decision needs to know besides the alert's own past, all of it under one configuration. */
export interface DecideContext {
  readonly stream: string;
  readonly configVersion: number;
  readonly nowMs: number;
  route(alert: Alert): readonly RouteTaken[];
  /** The same routes, each quiet or not. `isNew`: the episode begins, rather than being looked at again. */
  judge(input: JudgeRequest): readonly RouteTaken[];
  /** Remembers a firing or a clear, where a rule against flapping wants to know of it. */
  noteChange(alert: Alert, before: FlapRecord | undefined): FlapRecord | undefined;
  isInhibitor(alert: Alert): boolean;
}

export interface JudgeRequest {
  readonly alert: Alert;
  readonly routes: readonly RouteTaken[];
  readonly flap: FlapRecord | undefined;
  readonly isNew: boolean;
}
