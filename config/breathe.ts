import { setImmediate } from 'node:timers/promises';

/** Lets whatever waits have its turn: a process that builds a large configuration still takes alerts. */
export function breathe(): Promise<void> {
  return setImmediate();
}
