import type { RouteTaken } from '../events/alert-events.ts';
import type { FlapRecord } from '../suppression/flap-record.ts';
import type { Alert } from './alert.ts';

/** A firing alert as the views show it: enough to judge whether it is worth deciding about. */
export interface FiringAlert {
  readonly stream: string;
  readonly alert: Alert;
  /** Names of the routes whose incidents count it. */
  readonly countedBy: readonly string[];
  /** The incidents that do not. */
  readonly quiet: readonly RouteTaken[];
  readonly flap: FlapRecord | undefined;
}

export interface FiringPage {
  readonly alerts: readonly FiringAlert[];
  /** Where the next page begins; undefined after the last. */
  readonly next: string | undefined;
}
