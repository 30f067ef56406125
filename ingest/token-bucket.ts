import type { RateConfig } from '../config/config.ts';

/** Tokens that come at a steady rate, up to `burst`. Times are milliseconds of any clock that does not go back. */
export interface TokenBucket {
  readonly rate: RateConfig;
  /**
   * Milliseconds until `count` tokens may be taken while the share `reserve` of the burst is left for others; 0 means now.
   * More tokens than can ever be there are given once everything but the reserve is: a large request is late, not lost.
   */
  waitFor(count: number, options: { readonly reserve: number; readonly nowMs: number }): number;
  /** Takes them in any case; the debt is at most one burst, so that what may not be refused never blocks others for long. */
  take(count: number, nowMs: number): void;
}

export function createTokenBucket(rate: RateConfig): TokenBucket {
  const { perSecond, burst } = rate;
  let tokens = burst;
  let countedMs: number | undefined;

  function refill(nowMs: number): void {
    const passedMs = Math.max(0, nowMs - (countedMs ?? nowMs));
    tokens = Math.min(burst, tokens + (passedMs * perSecond) / 1_000);
    countedMs = nowMs;
  }

  return {
    rate,
    waitFor(count, { reserve, nowMs }) {
      refill(nowMs);
      const kept = burst * reserve;
      const missing = Math.min(count, burst - kept) + kept - tokens;
      return missing <= 0 ? 0 : Math.ceil((missing * 1_000) / perSecond);
    },
    take(count, nowMs) {
      refill(nowMs);
      tokens = Math.max(-burst, tokens - count);
    },
  };
}
