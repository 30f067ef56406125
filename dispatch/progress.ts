/** Which log positions are through. Dispatch finishes out of order; the checkpoint stays below the lowest open one. */
export interface Progress {
  /** `parts` pieces of work belong to this position; positions come in increasing order. */
  begin(position: number, parts: number): void;
  endPart(position: number): void;
  /** Everything up to here is through. */
  checkpoint(): number;
  open(): number;
  /** Milliseconds for which the lowest open position has been here; 0 when none is. */
  oldestAgeMs(): number;
}

interface OpenPosition {
  parts: number;
  readonly sinceMs: number;
}

export function createProgress(startAfter: number, now: () => number): Progress {
  // a Map keeps the order of insertion, which is the order of positions
  const open = new Map<number, OpenPosition>();
  let last = startAfter;

  return {
    begin(position, parts) {
      last = position;
      if (parts > 0) open.set(position, { parts, sinceMs: now() });
    },
    endPart(position) {
      const entry = open.get(position);
      if (entry === undefined) return;
      entry.parts -= 1;
      if (entry.parts <= 0) open.delete(position);
    },
    checkpoint() {
      const lowest = open.keys().next();
      return lowest.done ? last : lowest.value - 1;
    },
    open: () => open.size,
    oldestAgeMs() {
      const oldest = open.values().next();
      return oldest.done ? 0 : now() - oldest.value.sinceMs;
    },
  };
}
