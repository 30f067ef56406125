import type { RecordedEvent } from '../domain/events/envelope.ts';

export interface LaneFeedOptions {
  /** The last position that needs no dispatch any more. */
  readonly startAfter: number;
  /** Whether memory has room for so many more events. */
  hasRoom(events: number): boolean;
  /** Events straight from memory. */
  takeIn(events: readonly RecordedEvent[]): void;
  /** Events that are left to the log for now: what cannot wait for the log may be taken ahead of it. */
  leftBehind(events: readonly RecordedEvent[]): void;
  /** Reads the next page of the log, takes it in, and answers its last position (`after` if there is none). */
  readPage(after: number): Promise<number>;
}

/** The two ways of events into a dispatcher: from memory while it keeps up, from the log when it does not. */
export interface LaneFeed {
  /** Committed events in order; what memory has no room for is read from the log later. */
  offer(events: readonly RecordedEvent[]): void;
  /** Reads one page, if there is anything to read. */
  readOn(): Promise<void>;
  /** Something is in the log that was not taken in yet, as far as is known. */
  isBehind(): boolean;
  behindBy(): number;
}

export function createLaneFeed(options: LaneFeedOptions): LaneFeed {
  const { startAfter, hasRoom, takeIn, leftBehind, readPage } = options;
  let takenUpTo = startAfter;
  let offeredUpTo = startAfter;
  let isBehind = true;

  return {
    offer(events) {
      const last = events.at(-1);
      if (last === undefined) return;
      offeredUpTo = last.position;
      isBehind ||= !hasRoom(events.length);
      if (isBehind) {
        leftBehind(events);
        return;
      }
      takenUpTo = last.position;
      takeIn(events);
    },
    async readOn() {
      const before = takenUpTo;
      takenUpTo = await readPage(before);
      // what was committed during an empty read was offered, and is read next time
      isBehind = takenUpTo > before || offeredUpTo > takenUpTo;
    },
    isBehind: () => isBehind,
    behindBy: () => Math.max(0, offeredUpTo - takenUpTo),
  };
}
