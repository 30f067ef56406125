import { setTimeout as sleep } from 'node:timers/promises';
import { wallClockMs } from './wall-clock.ts';

export interface OpenLoop {
  readonly ratePerSecond: number;
  readonly total: number;
  /** Starts number `index`, which was due at `dueMs` since 1970; must not throw. */
  readonly send: (index: number, dueMs: number) => Promise<void>;
}

const tickMs = 2;

/**
 * Sends when it is due, however long earlier ones take: a slow system cannot slow its own measurement down.
 * Resolves when the last one has been sent, with the wait for those under way.
 */
export async function runOpenLoop({
  ratePerSecond,
  total,
  send,
}: OpenLoop): Promise<{ settled: Promise<unknown> }> {
  const startMs = wallClockMs();
  const underWay: Promise<void>[] = [];
  while (underWay.length < total) {
    const due = Math.min(total, Math.floor(((wallClockMs() - startMs) / 1_000) * ratePerSecond) + 1);
    while (underWay.length < due) {
      const index = underWay.length;
      underWay.push(send(index, startMs + (index / ratePerSecond) * 1_000));
    }
    await sleep(tickMs);
  }
  return { settled: Promise.all(underWay) };
}
