import type { Alert } from '../domain/alert/alert.ts';
import type { AlertReference, IncidentSubject } from '../domain/incident/protocol.ts';
import { limits } from '../domain/limits.ts';
import { severities, severityRank } from '../domain/severity.ts';
import { tellsTheSame } from './join-references.ts';

/** One alert event on its way to one incident. */
export interface DispatchItem {
  readonly workflowId: string;
  readonly subject: IncidentSubject;
  readonly policy: string;
  readonly configVersion: number;
  readonly groupWaitMs?: number;
  /** The alert's stream, and the event's place in it. */
  readonly stream: string;
  readonly version: number;
  readonly reference: AlertReference;
  /** What fired; a sample is made of it only where one is sent along. */
  readonly alert?: Alert;
  /** It went ahead of the log, which brings it once more: only then is its position through. */
  readonly isAhead?: true;
}

export interface IncidentBatch {
  readonly workflowId: string;
  readonly items: readonly DispatchItem[];
  /** One signal could not take all that waited. */
  readonly isFull: boolean;
}

interface Waiting {
  /** In the log's order. */
  readonly items: Set<DispatchItem>;
  /** By alert, those that its clear would make pointless: a storm that clears is looked through once, not each time. */
  readonly undoable: Map<string, DispatchItem[]>;
  rank: number;
}

/**
 * What waits for Temporal, by incident: the most severe incident goes first, within an incident the log's order is
 * kept, and an incident has one batch under way at a time.
 */
export interface IncidentQueue {
  /** Answers with the items that the new one makes pointless: an alert that fired and has cleared meanwhile. */
  push(item: DispatchItem): DispatchItem[];
  /** As many as one signal carries. */
  take(): IncidentBatch | undefined;
  /** The batch is through. */
  done(workflowId: string): void;
  /** The batch has to be taken again, before what came later; answers with what that has made pointless meanwhile. */
  putBack(batch: IncidentBatch): DispatchItem[];
  size(): number;
  /** Whether what `take` would answer holds a critical alert. */
  isNextCritical(): boolean;
}

export function createIncidentQueue(): IncidentQueue {
  const waiting = new Map<string, Waiting>();
  const underWay = new Set<string>();
  const ready = severities.map(() => new Set<string>());
  let size = 0;

  const waitingOf = (workflowId: string): Waiting => {
    const entry = waiting.get(workflowId) ?? {
      items: new Set(),
      undoable: new Map(),
      rank: severities.length - 1,
    };
    waiting.set(workflowId, entry);
    return entry;
  };

  const enlist = (workflowId: string, entry: Waiting): void => {
    for (const bucket of ready) bucket.delete(workflowId);
    entry.rank = rankOf(entry.items);
    if (!underWay.has(workflowId) && entry.items.size > 0) ready[entry.rank]?.add(workflowId);
  };

  const rise = (workflowId: string, entry: Waiting, rank: number): void => {
    if (rank >= entry.rank && ready[entry.rank]?.has(workflowId)) return;
    ready[entry.rank]?.delete(workflowId);
    entry.rank = Math.min(entry.rank, rank);
    if (!underWay.has(workflowId)) ready[entry.rank]?.add(workflowId);
  };

  return {
    push(item) {
      const entry = waitingOf(item.workflowId);
      const pointless = add(entry, item);
      size += 1 - pointless.length;
      rise(item.workflowId, entry, severityRank(item.reference.severity));
      return pointless;
    },
    take() {
      const workflowId = firstOf(ready);
      const entry = workflowId === undefined ? undefined : waiting.get(workflowId);
      if (workflowId === undefined || entry === undefined) return undefined;
      ready[entry.rank]?.delete(workflowId);
      underWay.add(workflowId);
      const items = asOneSignal(entry.items);
      for (const item of items) remove(entry, item);
      size -= items.length;
      if (entry.items.size === 0) waiting.delete(workflowId);
      return { workflowId, items, isFull: entry.items.size > 0 };
    },
    done(workflowId) {
      underWay.delete(workflowId);
      const entry = waiting.get(workflowId);
      if (entry !== undefined) enlist(workflowId, entry);
    },
    putBack({ workflowId, items }) {
      const entry = waitingOf(workflowId);
      const later = [...entry.items];
      entry.items.clear();
      entry.undoable.clear();
      const pointless = [...items, ...later].flatMap((item) => add(entry, item));
      size += items.length - pointless.length;
      underWay.delete(workflowId);
      enlist(workflowId, entry);
      return pointless;
    },
    size: () => size,
    isNextCritical: () => (ready[0]?.size ?? 0) > 0,
  };
}

/** From the front, what fits one signal, at least one item. */
function asOneSignal(waiting: ReadonlySet<DispatchItem>): DispatchItem[] {
  const items: DispatchItem[] = [];
  let references = 0;
  for (const item of waiting) {
    const before = items.at(-1);
    const mayCarrySample = items.length < limits.maxSamples;
    if (before === undefined || mayCarrySample || !tellsTheSame(before.reference, item.reference))
      references += 1;
    if (references > limits.maxReferencesPerSignal || items.length === limits.maxEventsPerSignal) break;
    items.push(item);
  }
  return items;
}

/** Answers with what the item makes pointless, which is gone then. */
function add({ items, undoable }: Waiting, item: DispatchItem): DispatchItem[] {
  const others = undoable.get(item.stream) ?? [];
  items.add(item);
  if (item.reference.kind === 'cleared') {
    for (const other of others) items.delete(other);
    undoable.delete(item.stream);
    return others;
  }
  others.push(item);
  undoable.set(item.stream, others);
  return [];
}

function remove({ items, undoable }: Waiting, item: DispatchItem): void {
  items.delete(item);
  const left = undoable.get(item.stream)?.filter((other) => other !== item) ?? [];
  if (left.length > 0) undoable.set(item.stream, left);
  else undoable.delete(item.stream);
}

function rankOf(items: ReadonlySet<DispatchItem>): number {
  return [...items].reduce(
    (rank, { reference }) => Math.min(rank, severityRank(reference.severity)),
    severities.length - 1,
  );
}

function firstOf(buckets: readonly ReadonlySet<string>[]): string | undefined {
  for (const bucket of buckets) for (const workflowId of bucket) return workflowId;
  return undefined;
}
