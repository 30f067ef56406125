import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, describeExit } from './child.ts';

const everyMs = 50;

export interface ReadyOptions {
  readonly timeoutMs: number;
  /** Gives up, and stops the child, when whoever waits is told to stop. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits until `probe` resolves. When the child ends first or the deadline passes, the child is stopped and
 * the error carries the end of its log.
 */
export async function waitUntilReady(
  child: Child,
  probe: () => Promise<void>,
  { timeoutMs, signal }: ReadyOptions,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let reason: unknown;
  while (performance.now() < deadline && signal?.aborted !== true) {
    if (child.hasExited()) {
      const how = describeExit(await child.exited);
      throw new Error(`${child.name} ended before it was ready (${how})${logLines(child)}`);
    }
    try {
      return await probe();
    } catch (error) {
      reason = error;
    }
    await sleep(everyMs);
  }
  await child.stop();
  signal?.throwIfAborted();
  throw new Error(`${child.name} was not ready within ${timeoutMs} ms${logLines(child)}`, { cause: reason });
}

function logLines(child: Child): string {
  const tail = child.logTail();
  return tail === '' ? '' : `; its log ends with:\n${tail}`;
}
