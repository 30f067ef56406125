import { condition } from '@temporalio/workflow';
import type { Incident } from '../domain/incident/incident.ts';
import { nothingHappened } from '../domain/incident/turn.ts';
import { decideTurn } from './decide-turn.ts';
import type { Ledger } from './ledger.ts';
import type { Notifications } from './notifications.ts';

/**
 * For a workflow that somebody cancels: sees through what is being taken back, one page after the other. All else is left
 * to the run that the clock starts for the incident. Call it in a scope that is not cancelled.
 */
export async function takeBack(ledger: Ledger, notifications: Notifications): Promise<void> {
  for (;;) {
    const incident = ledger.state();
    const undos = undosOf(incident);
    if (incident === undefined || undos.length === 0) return;
    notifications.pursue({ ...incident, pending: undos });
    await condition(() => notifications.hasEnds());
    const ends = notifications.takeEnds().filter(({ key }) => undos.some((undo) => undo.key === key));
    await ledger.commit(incident.id, (state, nowMs) =>
      decideTurn(state, { ...nothingHappened, ends }, nowMs),
    );
  }
}

function undosOf(incident: Incident | undefined): Incident['pending'] {
  return incident?.pending.filter(({ kind }) => kind === 'undo') ?? [];
}
