import type { AlertEvent } from '../events/alert-events.ts';
import { unreachable } from '../never.ts';
import type { AlertState } from './state.ts';

/** Folds one event. Every alert event carries all there is to know, so the last event alone gives the state too. */
export function evolve(_: AlertState, event: AlertEvent): AlertState {
  const { alert, configVersion, incidents, flap, inhibits = false } = event.data;
  const episode = { alert, configVersion, incidents, flap };
  const firing = { status: 'firing', ...episode, isAcknowledged: false, inhibits } as const;
  switch (event.type) {
    case 'AlertFired':
      return { ...firing, repeats: 0 };
    case 'AlertRepeated':
      return { ...firing, repeats: event.data.count };
    case 'AlertAcknowledged':
      return { ...firing, repeats: event.data.repeats ?? 0, isAcknowledged: true };
    case 'AlertChanged':
    case 'AlertSuppressed':
    case 'AlertReleased':
      return { ...firing, repeats: event.data.repeats ?? 0 };
    case 'AlertResolved':
      return { status: 'resolved', ...episode, isExpired: event.data.reason === 'expired' };
    default:
      return unreachable(event);
  }
}
