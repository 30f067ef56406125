import type { AlertHead } from './alert-head.ts';

/** The heads that were used last, at least `limit` and at most twice as many. */
export interface RecentHeads {
  get(stream: string): AlertHead | undefined;
  /** Keeps the newer of the two. */
  set(stream: string, head: AlertHead): void;
  delete(stream: string): void;
  clear(): void;
}

/** Two maps that grow in turn: the older one is let go as a whole, which is cheaper than one entry at a time. */
export function createRecentHeads(limit: number): RecentHeads {
  let young = new Map<string, AlertHead>();
  let old = new Map<string, AlertHead>();

  function keep(stream: string, head: AlertHead): void {
    young.set(stream, head);
    if (young.size < limit) return;
    old = young;
    young = new Map();
  }

  function get(stream: string): AlertHead | undefined {
    const head = young.get(stream);
    if (head !== undefined) return head;
    const older = old.get(stream);
    if (older !== undefined) keep(stream, older);
    return older;
  }

  return {
    get,
    set(stream, head) {
      // Of a stream that begins with this head nothing can be held.
      const held = head.version === 0 ? undefined : (young.get(stream) ?? old.get(stream));
      if (held === undefined || held.version <= head.version) keep(stream, head);
    },
    delete(stream) {
      young.delete(stream);
      old.delete(stream);
    },
    clear() {
      young = new Map();
      old = new Map();
    },
  };
}
