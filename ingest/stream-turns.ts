/** Lets batches run side by side as long as no two of them touch the same stream. */
export interface StreamTurns {
  /** Runs `work` once every earlier batch with any of these streams is over, however that ended. */
  take<T>(streams: readonly string[], work: () => Promise<T>): Promise<T>;
}

/** Batches enlist with all of their streams at once and in one order, so none waits for another in a circle. */
export function createStreamTurns(): StreamTurns {
  const last = new Map<string, Promise<void>>();
  return {
    async take(streams, work) {
      const earlier = new Set<Promise<void>>();
      const { promise: over, resolve: end } = Promise.withResolvers<void>();
      for (const stream of streams) {
        const before = last.get(stream);
        if (before !== undefined) earlier.add(before);
        last.set(stream, over);
      }
      try {
        if (earlier.size > 0) await Promise.all(earlier);
        return await work();
      } finally {
        for (const stream of streams) if (last.get(stream) === over) last.delete(stream);
        end();
      }
    },
  };
}
