import type { RecordedEvent } from '../domain/events/envelope.ts';
import { limits } from '../domain/limits.ts';
import { alertEventOf, dispatchItemsOf } from './dispatch-items.ts';
import type { IncidentQueue } from './incident-queue.ts';

/**
 * Takes critical alerts past a backlog that memory has no room for: they are told at once, and again when the log is
 * read up to them, which their saga recognises by their position. What came before them in the same incident then
 * counts as known there; the views have it all the same.
 */
export function takeAhead(
  events: readonly RecordedEvent[],
  queue: Pick<IncidentQueue, 'push' | 'size'>,
): void {
  for (const event of events) {
    // before anything is made of it: what is left behind comes at the speed of ingest
    if (alertEventOf(event)?.data.alert.severity !== 'critical') continue;
    for (const item of dispatchItemsOf(event)) {
      if (item.reference.kind !== 'fired') continue;
      if (queue.size() >= limits.maxPendingDispatch + limits.maxExpressDispatch) return;
      queue.push({ ...item, isAhead: true });
    }
  }
}
