import { TocsinError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { PendingAppend } from './pending-append.ts';

/** Appends that share one commit. */
type Group = readonly PendingAppend[];

/** What waits for the next commit, first come first served, bounded in events and in bytes. */
export interface AppendQueue {
  /** Throws `overloaded`, and then queues nothing of it. */
  push(pendings: readonly PendingAppend[]): void;
  /** As much as one commit may hold; empty when nothing waits. */
  take(): PendingAppend[];
  /** Puts back, in front of everything else, what was taken and not written. */
  putBack(pendings: readonly PendingAppend[]): void;
  /** Takes out what can wait no longer. */
  takeExpired(nowMs: number): PendingAppend[];
  takeAll(): PendingAppend[];
  isEmpty(): boolean;
}

export function createAppendQueue(): AppendQueue {
  let groups: Group[] = [];
  let queued = { events: 0, bytes: 0 };

  const account = (group: Group, sign: 1 | -1) => {
    const size = sizeOf(group);
    queued = { events: queued.events + sign * size.events, bytes: queued.bytes + sign * size.bytes };
  };
  const remove = (removed: Group[]): PendingAppend[] => {
    for (const group of removed) account(group, -1);
    return removed.flat();
  };

  return {
    push(pendings) {
      const size = sizeOf(pendings);
      const isFull =
        queued.events + size.events > limits.maxQueuedAppendEvents ||
        queued.bytes + size.bytes > limits.maxQueuedAppendBytes;
      if (isFull) throw new TocsinError('overloaded', { retryAfterMs: 1_000 });
      for (const group of groupsOf(pendings)) {
        groups.push(group);
        account(group, 1);
      }
    },
    take() {
      const size = { events: 0, bytes: 0 };
      const end = groups.findIndex((group, index) => !addIfItFits(size, group, index === 0));
      return remove(groups.splice(0, end === -1 ? groups.length : end));
    },
    putBack(pendings) {
      const returned = groupsOf(pendings);
      for (const group of returned) account(group, 1);
      groups = [...returned, ...groups];
    },
    takeExpired(nowMs) {
      const isExpired = (group: Group) => (group[0]?.deadlineMs ?? 0) <= nowMs;
      if (!groups.some(isExpired)) return [];
      const expired = groups.filter(isExpired);
      groups = groups.filter((group) => !isExpired(group));
      return remove(expired);
    },
    takeAll: () => remove(groups.splice(0)),
    isEmpty: () => groups.length === 0,
  };
}

function sizeOf(group: Group): { events: number; bytes: number } {
  let events = 0;
  let bytes = 0;
  for (const pending of group) {
    events += pending.events.length;
    bytes += pending.bytes;
  }
  return { events, bytes };
}

/** One group if a commit can hold it, else as few as possible, cut between requests. */
function groupsOf(pendings: readonly PendingAppend[]): Group[] {
  const groups: PendingAppend[][] = [];
  let size = { events: 0, bytes: 0 };
  for (const pending of pendings) {
    const last = groups.at(-1);
    if (last !== undefined && addIfItFits(size, [pending], false)) {
      last.push(pending);
      continue;
    }
    groups.push([pending]);
    size = sizeOf([pending]);
  }
  return groups;
}

/** The first of a commit always fits, else something large could never be written. */
function addIfItFits(size: { events: number; bytes: number }, group: Group, isFirst: boolean): boolean {
  const added = sizeOf(group);
  const fits =
    size.events + added.events <= limits.maxBatchEvents && size.bytes + added.bytes <= limits.maxBatchBytes;
  if (!fits && !isFirst) return false;
  size.events += added.events;
  size.bytes += added.bytes;
  return true;
}
