import { Context } from '@temporalio/activity';

/** Well inside the heartbeat timeout of three seconds, so that a killed worker's activities move on quickly. */
const heartbeatMs = 1_000;

/**
 * Tells the engine each second that the activity is alive, until `work` is done. `details` are told with it, as every
 * heartbeat takes the place of the one before.
 */
export async function withHeartbeat<T>(
  work: () => Promise<T>,
  details: () => unknown = () => undefined,
): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(details()), heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
