import { isCancellation } from '@temporalio/workflow';

/** Starts what nobody waits for. That it is cancelled with its workflow is no failure; anything else fails the task. */
export function beside(work: () => Promise<unknown>): void {
  work().catch((error: unknown) => {
    if (!isCancellation(error)) throw error;
  });
}
