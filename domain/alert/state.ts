import type { RouteTaken } from '../events/alert-events.ts';
import type { Alert } from './alert.ts';

/**
 * What is known of one alert, by its newest episode:
 *
 *     none -> firing <-> resolved
 *
 * An episode is one firing, named by its start. A state only ever moves to a newer episode, or from firing to
 * resolved within one, so observations may arrive repeated and in any order.
 */
export type AlertState = { readonly status: 'none' } | FiringState | ResolvedState;

interface EpisodeState {
  readonly alert: Alert;
  /** The configuration that routed the episode. */
  readonly configVersion: number;
  readonly incidents: readonly RouteTaken[];
}

export interface FiringState extends EpisodeState {
  readonly status: 'firing';
  /** Unchanged repeats written so far; undefined when the event at hand does not say. */
  readonly repeats: number | undefined;
}

export interface ResolvedState extends EpisodeState {
  readonly status: 'resolved';
}

export const initialAlertState: AlertState = { status: 'none' };
