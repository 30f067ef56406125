/** Tries until `attempt` neither throws nor answers undefined; fails with the last reason once `withinMs` has passed. */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  withinMs = 5_000,
  everyMs = 20,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + withinMs;
  let reason: unknown = new Error('nothing was found');
  do {
    try {
      const found = await attempt();
      if (found !== undefined && found !== null) return found;
    } catch (error) {
      reason = error;
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  } while (performance.now() < deadline);
  throw new Error(`not within ${withinMs} ms`, { cause: reason });
}
