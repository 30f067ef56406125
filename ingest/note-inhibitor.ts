import type { DecideContext } from '../domain/alert/decide-context.ts';
import type { AlertState } from '../domain/alert/state.ts';
import type { QuietWorld } from '../domain/suppression/world.ts';

interface Noted {
  readonly stream: string;
  readonly state: AlertState;
  readonly context: Pick<DecideContext, 'isInhibitor'>;
}

/** Keeps the book of alerts that inhibit others. A commit that fails afterwards is told again by its sender. */
export function noteInhibitor({ inhibitors }: QuietWorld, { stream, state, context }: Noted): void {
  if (state.status === 'none') return;
  const { alert } = state;
  const firing = state.status === 'firing' && context.isInhibitor(alert);
  inhibitors.note({ stream, tenant: alert.tenant, alert, firing });
}
