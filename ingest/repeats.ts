import { limits } from '../domain/limits.ts';
import type { UnwrittenRepeats } from './decide-stream.ts';

/** Repeats of one stream that wait to be written. */
export interface DueRepeats extends UnwrittenRepeats {
  readonly stream: string;
}

interface Entry extends UnwrittenRepeats {
  readonly dueAtMs: number;
}

/** Counts in memory what makes no event of its own. A crash loses these counts, never an alert. */
export interface RepeatCounter {
  unwritten(stream: string): UnwrittenRepeats | undefined;
  /** Sets what is left to write; undefined forgets the stream. The first repeat decides when it is due. */
  keep(stream: string, repeats: UnwrittenRepeats | undefined): void;
  /** The streams that are due, the oldest first: also what is over the limit, and with `all` everything. */
  listDue(options?: { readonly all?: boolean }): string[];
  /** Removes and answers what these streams have to write. */
  take(streams: readonly string[]): DueRepeats[];
  /** How many streams have unwritten repeats. */
  size(): number;
}

export interface RepeatCounterOptions {
  readonly now: () => number;
  readonly flushMs?: number;
  readonly maxStreams?: number;
}

/** Every entry waits equally long, so the order of insertion is the order in which they fall due. */
export function createRepeatCounter(options: RepeatCounterOptions): RepeatCounter {
  const { now, flushMs = limits.repeatFlushMs, maxStreams = limits.maxCountedRepeats } = options;
  const entries = new Map<string, Entry>();

  function isDue(entry: Entry, listed: number): boolean {
    return entries.size - listed > maxStreams || entry.dueAtMs <= now();
  }

  return {
    unwritten: (stream) => entries.get(stream),

    keep(stream, repeats) {
      const before = entries.get(stream);
      if (repeats === undefined) {
        entries.delete(stream);
        return;
      }
      if (before?.startsAt !== repeats.startsAt) entries.delete(stream);
      const dueAtMs = before?.startsAt === repeats.startsAt ? before.dueAtMs : now() + flushMs;
      entries.set(stream, { ...repeats, dueAtMs });
    },

    listDue({ all = false } = {}) {
      const due: string[] = [];
      for (const [stream, entry] of entries) {
        if (due.length >= limits.maxBatchEvents || (!all && !isDue(entry, due.length))) break;
        due.push(stream);
      }
      return due;
    },

    take(streams) {
      return streams.flatMap((stream) => {
        const entry = entries.get(stream);
        if (entry === undefined || !entries.delete(stream)) return [];
        const { dueAtMs: _, ...repeats } = entry;
        return [{ stream, ...repeats }];
      });
    },

    size: () => entries.size,
  };
}
