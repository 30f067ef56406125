import { limits } from '../domain/limits.ts';

/** The pause before attempt number `attempt` (from 1) to reconnect, with jitter so that processes do not come as one. */
export function reconnectDelayMs(attempt: number): number {
  const ceilingMs = Math.min(limits.maxReconnectDelayMs, 25 * 2 ** Math.min(attempt, 10));
  return ceilingMs * (0.5 + Math.random() / 2);
}
