/**
 * Runs one call at a time. Calls that come while one runs share a single run after it, under the first one's argument:
 * that run begins after all of them, and there is never more than one waiting.
 */
export function createCoalescer<A, R>(run: (argument: A) => Promise<R>): (argument: A) => Promise<R> {
  let running: Promise<unknown> | undefined;
  let waiting: Promise<R> | undefined;

  function start(argument: A): Promise<R> {
    const result = run(argument);
    // only to know when it is over: what became of it is the caller's business
    const over = result.then(
      () => {},
      () => {},
    );
    running = over;
    void over.then(() => {
      if (running === over) running = undefined;
    });
    return result;
  }

  return (argument) => {
    if (running === undefined) return start(argument);
    waiting ??= running.then(() => {
      waiting = undefined;
      return start(argument);
    });
    return waiting;
  };
}
