export interface Rests {
  /** How long to leave an incident alone after a signal, in milliseconds: longer the more often it is told something. */
  next(workflowId: string): number;
}

const firstMs = 100;
const maxMs = 500;
/** An incident that was left alone for this long begins anew. */
const calmMs = 2_000;

/** An incident with few alerts is told at once; one in a storm hears of what came together twice a second. */
export function createRests({
  now,
  maxEntries,
}: {
  readonly now: () => number;
  readonly maxEntries: number;
}): Rests {
  const last = new Map<string, { restMs: number; atMs: number }>();

  return {
    next(workflowId) {
      const nowMs = now();
      const known = last.get(workflowId);
      const isBusy = known !== undefined && nowMs - known.atMs < calmMs;
      const restMs = isBusy ? Math.min(known.restMs * 2, maxMs) : firstMs;
      last.delete(workflowId);
      last.set(workflowId, { restMs, atMs: nowMs });
      for (const [oldest, { atMs }] of last) {
        if (last.size <= maxEntries && nowMs - atMs < calmMs) break;
        last.delete(oldest);
      }
      return restMs;
    },
  };
}
