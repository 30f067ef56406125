import type { EscalationClient } from '../client/escalation-client.ts';
import type { RecordedEvent } from '../domain/events/envelope.ts';
import { limits } from '../domain/limits.ts';
import type { EventLog } from '../store/event-log.ts';
import { alertsSignalOf, type PolicyLookup } from './alerts-signal.ts';
import { dispatchItemsOf } from './dispatch-items.ts';
import type { DispatchItem } from './incident-queue.ts';

export interface TakeInParkedDeps {
  readonly log: Pick<EventLog, 'readStream'>;
  readonly escalations: Pick<EscalationClient, 'deliver'>;
  readonly policyOf: PolicyLookup;
  stillNeeded(fired: readonly DispatchItem[]): Promise<ReadonlySet<DispatchItem>>;
}

/**
 * Dispatches events of one alert that were parked, as far as they still matter: one that fired if its episode is not
 * over, anything else if nothing came after it, because what came after carries the whole alert and was dispatched.
 */
export function createTakeInParked({ log, escalations, policyOf, stillNeeded }: TakeInParkedDeps) {
  return async (events: readonly RecordedEvent[]): Promise<void> => {
    const items = events.flatMap(dispatchItemsOf);
    const needed = await stillNeeded(items.filter(({ reference }) => reference.kind === 'fired'));
    const newest = await newestVersion(log, events.at(-1));
    const matters = (item: DispatchItem) =>
      item.reference.kind === 'fired' ? needed.has(item) : item.version === newest;
    const incidents = Map.groupBy(items.filter(matters), ({ workflowId }) => workflowId);
    for (const batch of incidents.values()) {
      const { subject, signal } = await alertsSignalOf(batch, policyOf);
      await escalations.deliver(subject, signal);
    }
  };
}

/** Of the last event that means anything to a saga: unchanged repeats do not. */
async function newestVersion(
  log: Pick<EventLog, 'readStream'>,
  last: RecordedEvent | undefined,
): Promise<number | undefined> {
  if (last === undefined) return undefined;
  const after = await log.readStream(last.stream, {
    afterVersion: last.version,
    limit: limits.maxRepeatLookback,
  });
  const newer = after.findLast((event) => dispatchItemsOf(event).length > 0);
  return (newer ?? last).version;
}
