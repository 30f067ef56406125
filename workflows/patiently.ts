import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  sleep,
  TemporalFailure,
} from '@temporalio/workflow';

const firstPauseMs = 100;
const maxPauseMs = 5_000;

/** For local activities that are called by `patiently`. */
export const oneAttempt = { maximumAttempts: 1 } as const;

/**
 * Calls a local activity until it succeeds, with timers of the workflow between its attempts. The engine's own retries
 * of local activities are not used: after them the workflow's clock stands elsewhere than when the history is replayed,
 * so that a decision which looks at it may come out otherwise (docs/adr/0025).
 */
export async function patiently<T>(summary: string, call: () => Promise<T>): Promise<T> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
    try {
      return await call();
    } catch (error) {
      if (!isWorthAnotherTry(error)) throw error;
    }
    await sleep(pauseMs, { summary });
  }
}

/** A local activity's failure comes as it is, an activity's within an `ActivityFailure`. */
function isWorthAnotherTry(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (isCancellation(error) || !(cause instanceof TemporalFailure)) return false;
  return !(cause instanceof ApplicationFailure && cause.nonRetryable === true);
}
