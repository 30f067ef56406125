import { condition, log } from '@temporalio/workflow';
import { nothingHappened, takeTurn } from '../domain/incident/turn.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createNotifications, type Notifications } from './notifications.ts';

/** Sees a resolved incident's last notifications through: edits of messages, and pages that are being withdrawn. */
export async function finish(ledger: Ledger, notifications: Notifications): Promise<void> {
  for (;;) {
    const incident = ledger.state();
    if (incident === undefined || incident.pending.length === 0) return;
    notifications.pursue(incident);
    await condition(() => notifications.hasEnds());
    const ends = notifications.takeEnds();
    await ledger.commit(incident.id, (state, nowMs) =>
      state === undefined ? [] : takeTurn(state, { ...nothingHappened, ends }, nowMs),
    );
  }
}

export interface Finishing {
  isDone(): boolean;
  /** Incidents that are not finished yet: a run that continues as new takes them along. */
  incidentIds(): string[];
}

/** Goes on beside the next incident, which must not wait for a slow provider to edit the messages of the last one. */
export function finishEarlier(incidentIds: readonly string[]): Finishing {
  const unfinished = new Set(incidentIds);
  for (const incidentId of incidentIds) {
    finishFromLog(incidentId).then(
      () => unfinished.delete(incidentId),
      (error: unknown) => {
        log.warn('an earlier incident was not finished', { incidentId, error });
        unfinished.delete(incidentId);
      },
    );
  }
  return { isDone: () => unfinished.size === 0, incidentIds: () => [...unfinished] };
}

async function finishFromLog(incidentId: string): Promise<void> {
  const ledger = createLedger();
  await ledger.load(incidentId);
  await finish(ledger, createNotifications({}));
}
