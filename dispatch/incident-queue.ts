import type { AlertReference, IncidentSubject } from '../domain/incident/protocol.ts';
import { severities, severityRank } from '../domain/severity.ts';

/** One alert event on its way to one incident. */
export interface DispatchItem {
  readonly workflowId: string;
  readonly subject: IncidentSubject;
  readonly policy: string;
  readonly configVersion: number;
  /** The alert's stream, and the event's place in it. */
  readonly stream: string;
  readonly version: number;
  readonly reference: AlertReference;
}

export interface IncidentBatch {
  readonly workflowId: string;
  readonly items: readonly DispatchItem[];
}

interface Waiting {
  items: DispatchItem[];
  rank: number;
}

/**
 * What waits for Temporal, by incident: the most severe incident goes first, within an incident the log's order is
 * kept, and an incident has one batch under way at a time.
 */
export interface IncidentQueue {
  /** Answers with the items that the new one makes pointless: an alert that fired and has cleared meanwhile. */
  push(item: DispatchItem): DispatchItem[];
  take(maxItems: number): IncidentBatch | undefined;
  /** The batch is through. */
  done(workflowId: string): void;
  /** The batch has to be taken again, before what came later. */
  putBack(batch: IncidentBatch): void;
  size(): number;
}

export function createIncidentQueue(): IncidentQueue {
  const waiting = new Map<string, Waiting>();
  const underWay = new Set<string>();
  const ready = severities.map(() => new Set<string>());
  let size = 0;

  const enlist = (workflowId: string, entry: Waiting): void => {
    for (const bucket of ready) bucket.delete(workflowId);
    entry.rank = rankOf(entry.items);
    if (!underWay.has(workflowId) && entry.items.length > 0) ready[entry.rank]?.add(workflowId);
  };

  const rise = (workflowId: string, entry: Waiting, rank: number): void => {
    if (rank >= entry.rank && ready[entry.rank]?.has(workflowId)) return;
    ready[entry.rank]?.delete(workflowId);
    entry.rank = Math.min(entry.rank, rank);
    if (!underWay.has(workflowId)) ready[entry.rank]?.add(workflowId);
  };

  return {
    push(item) {
      const { workflowId } = item;
      const entry = waiting.get(workflowId) ?? { items: [], rank: severities.length - 1 };
      waiting.set(workflowId, entry);
      const pointless =
        item.reference.kind === 'cleared' ? entry.items.filter((other) => isUndoneBy(other, item)) : [];
      if (pointless.length > 0) entry.items = entry.items.filter((other) => !isUndoneBy(other, item));
      entry.items.push(item);
      size += 1 - pointless.length;
      rise(workflowId, entry, severityRank(item.reference.severity));
      return pointless;
    },
    take(maxItems) {
      const workflowId = firstOf(ready);
      const entry = workflowId === undefined ? undefined : waiting.get(workflowId);
      if (workflowId === undefined || entry === undefined) return undefined;
      ready[entry.rank]?.delete(workflowId);
      underWay.add(workflowId);
      const items = entry.items.splice(0, maxItems);
      size -= items.length;
      if (entry.items.length === 0) waiting.delete(workflowId);
      return { workflowId, items };
    },
    done(workflowId) {
      underWay.delete(workflowId);
      const entry = waiting.get(workflowId);
      if (entry !== undefined) enlist(workflowId, entry);
    },
    putBack({ workflowId, items }) {
      const entry = waiting.get(workflowId) ?? { items: [], rank: severities.length - 1 };
      waiting.set(workflowId, entry);
      entry.items = [...items, ...entry.items];
      size += items.length;
      underWay.delete(workflowId);
      enlist(workflowId, entry);
    },
    size: () => size,
  };
}

function isUndoneBy(earlier: DispatchItem, clear: DispatchItem): boolean {
  return earlier.stream === clear.stream && earlier.reference.kind !== 'cleared';
}

function rankOf(items: readonly DispatchItem[]): number {
  return items.reduce(
    (rank, { reference }) => Math.min(rank, severityRank(reference.severity)),
    severities.length - 1,
  );
}

function firstOf(buckets: readonly ReadonlySet<string>[]): string | undefined {
  for (const bucket of buckets) for (const workflowId of bucket) return workflowId;
  return undefined;
}
