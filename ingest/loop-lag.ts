import { limits } from '../domain/limits.ts';

/** How late this process's event loop is: what it does not get to, it should not take on. */
export interface LoopLag {
  /** Milliseconds, smoothed over about half a second, so that one long turn alone refuses nobody. */
  lagMs(): number;
  close(): void;
}

/** The share of the newest look: higher follows faster. */
const weight = 0.3;

export interface LoopLagOptions {
  /** Milliseconds of a clock that nobody sets. */
  readonly now?: () => number;
  readonly everyMs?: number;
}

export function startLoopLag(options: LoopLagOptions = {}): LoopLag {
  const { now = () => performance.now(), everyMs = limits.loopLagSampleMs } = options;
  let dueMs = now() + everyMs;
  let smoothedMs = 0;
  const timer = setInterval(() => {
    const nowMs = now();
    smoothedMs += weight * (Math.max(0, nowMs - dueMs) - smoothedMs);
    dueMs = nowMs + everyMs;
  }, everyMs).unref();
  return { lagMs: () => smoothedMs, close: () => clearInterval(timer) };
}
