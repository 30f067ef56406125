/** At most so many at once; the others wait in the order in which they came. */
export interface Places {
  /** Answers with what gives the place back, to be called once. Rejects as soon as `signal` fires. */
  take(signal: AbortSignal): Promise<() => void>;
}

export function createPlaces(max: number): Places {
  const waiting = new Set<() => void>();
  let taken = 0;

  function giveBack(): void {
    const [next] = waiting;
    // the place goes from hand to hand, so that nobody who comes just now gets ahead
    if (next === undefined) taken -= 1;
    else next();
  }

  return {
    async take(signal) {
      signal.throwIfAborted();
      if (taken < max) {
        taken += 1;
        return giveBack;
      }
      const { promise, resolve, reject } = Promise.withResolvers<() => void>();
      const enter = () => {
        waiting.delete(enter);
        signal.removeEventListener('abort', leave);
        resolve(giveBack);
      };
      const leave = () => {
        waiting.delete(enter);
        reject(new Error('stopped'));
      };
      waiting.add(enter);
      signal.addEventListener('abort', leave, { once: true });
      return promise;
    },
  };
}
