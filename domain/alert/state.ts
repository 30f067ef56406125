import type { RouteTaken } from '../events/alert-events.ts';
import type { FlapRecord } from '../suppression/flap-record.ts';
import type { Alert } from './alert.ts';

/**
 * What is known of one alert, by its newest episode:
 *
 *     none -> firing <-> resolved
 *
 * An episode is one firing, named by its start. A state only ever moves to a newer episode, or from firing to
 * resolved within one, so observations may arrive repeated and in any order. Only an expiry, which is a guess, is taken
 * back when the same episode is heard of again.
 */
export type AlertState = { readonly status: 'none' } | FiringState | ResolvedState;

interface EpisodeState {
  readonly alert: Alert;
  /** The configuration that routed the episode. */
  readonly configVersion: number;
  /** Those without `quiet` count the alert. */
  readonly incidents: readonly RouteTaken[];
  readonly flap: FlapRecord | undefined;
}

export interface FiringState extends EpisodeState {
  readonly status: 'firing';
  /** Unchanged repeats written so far. */
  readonly repeats: number;
  /** The last thing that was said of the alert is that somebody takes care of it. */
  readonly isAcknowledged: boolean;
  /** Its last event says that a rule of inhibition has it as its source; what only repeats the state says so too. */
  readonly inhibits: boolean;
}

export interface ResolvedState extends EpisodeState {
  readonly status: 'resolved';
  /** Nobody said that it is over: it was not heard again in time. */
  readonly isExpired: boolean;
}

export const initialAlertState: AlertState = { status: 'none' };

/** The workflow ids of the incidents that count the alert. */
export function countedIn(incidents: readonly RouteTaken[]): readonly string[] {
  return incidents.filter(({ quiet }) => quiet === undefined).map(({ workflowId }) => workflowId);
}
