import { condition, log } from '@temporalio/workflow';
import { nothingHappened } from '../domain/incident/turn.ts';
import { beside } from './beside.ts';
import { decideTurn } from './decide-turn.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createNotifications, type Notifications } from './notifications.ts';
import type { Redeliveries } from './redeliveries.ts';

interface Finished {
  readonly ledger: Ledger;
  readonly notifications: Notifications;
  readonly redeliveries: Redeliveries;
}

/**
 * Sees a resolved incident's last notifications through: edits of messages, what is taken back, pages that are being
 * withdrawn, and dead letters that somebody wants sent again.
 */
export async function finish({ ledger, notifications, redeliveries }: Finished): Promise<void> {
  for (;;) {
    const incident = ledger.state();
    if (incident === undefined) return;
    const { id } = incident;
    if (incident.pending.length === 0 && !redeliveries.has(id)) return;
    notifications.pursue(incident);
    await condition(() => notifications.hasEnds() || redeliveries.has(id));
    const redeliver = redeliveries.take(id);
    const ends = notifications.takeEnds();
    const happenings = { ...nothingHappened, ends, ...(redeliver !== undefined && { redeliver }) };
    await ledger.commit(id, (state, nowMs) => decideTurn(state, happenings, nowMs));
  }
}

export interface Finishing {
  isDone(): boolean;
  /** Incidents that are not finished yet: a run that continues as new takes them along. */
  incidentIds(): string[];
}

interface Earlier {
  readonly incidentIds: readonly string[];
  readonly redeliveries: Redeliveries;
  /** Whether the run itself looks after this incident. */
  isOwn(incidentId: string): boolean;
}

/**
 * Goes on beside the next incident, which must not wait for a slow provider to edit the messages of the last one. An
 * incident that is over is taken up again when one of its dead letters is to be sent again.
 */
export function finishEarlier({ incidentIds, redeliveries, isOwn }: Earlier): Finishing {
  const unfinished = new Set<string>();
  const takeUp = (incidentId: string): void => {
    unfinished.add(incidentId);
    finishFromLog(incidentId, redeliveries).then(
      () => unfinished.delete(incidentId),
      (error: unknown) => {
        log.warn('an earlier incident was not finished', { incidentId, error });
        unfinished.delete(incidentId);
      },
    );
  };
  const unattended = () =>
    redeliveries.incidentIds().filter((incidentId) => !unfinished.has(incidentId) && !isOwn(incidentId));
  const lookOut = async (): Promise<never> => {
    for (;;) {
      await condition(() => unattended().length > 0);
      for (const incidentId of unattended()) takeUp(incidentId);
    }
  };
  for (const incidentId of incidentIds) takeUp(incidentId);
  beside(lookOut);
  return {
    isDone: () => unfinished.size === 0 && unattended().length === 0,
    incidentIds: () => [...unfinished],
  };
}

async function finishFromLog(incidentId: string, redeliveries: Redeliveries): Promise<void> {
  const ledger = createLedger();
  const incident = await ledger.load(incidentId);
  while (incident === undefined && redeliveries.has(incidentId)) redeliveries.take(incidentId);
  await finish({ ledger, notifications: createNotifications({}), redeliveries });
}
