import type { AlertEvent } from '../events/alert-events.ts';
import { unreachable } from '../never.ts';
import type { AlertState } from './state.ts';

/** Folds one event. Every alert event carries the whole alert, so the last event alone gives the state too. */
export function evolve(state: AlertState, event: AlertEvent): AlertState {
  const { alert, configVersion, incidents } = event.data;
  const episode = { alert, configVersion, incidents };
  switch (event.type) {
    case 'AlertFired':
      return { status: 'firing', ...episode, repeats: 0 };
    case 'AlertChanged':
      return { status: 'firing', ...episode, repeats: repeatsOf(state) };
    case 'AlertRepeated':
      return { status: 'firing', ...episode, repeats: event.data.count };
    case 'AlertResolved':
      return { status: 'resolved', ...episode };
    default:
      return unreachable(event);
  }
}

function repeatsOf(state: AlertState): number | undefined {
  return state.status === 'firing' ? state.repeats : undefined;
}
