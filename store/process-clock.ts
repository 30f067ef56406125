import { createHlc, type Hlc } from '../domain/hlc.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface ProcessClockOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'clocksAhead'>;
}

const warnEveryMs = 60_000;

/**
 * The one hybrid clock of a process: its writer ticks it, and its event log shows it whatever it reads. A reading too
 * far ahead is counted each time and told once a minute; it never refuses anything.
 */
export function createProcessClock({ now, logger, metrics }: ProcessClockOptions): Hlc {
  const clock = createHlc(now);
  let warnedMs = Number.NEGATIVE_INFINITY;
  return {
    tick: clock.tick,
    observe(reading) {
      const observed = clock.observe(reading);
      if (!observed.isAhead) return observed;
      metrics.clocksAhead.inc();
      if (now() - warnedMs >= warnEveryMs) {
        warnedMs = now();
        logger.warn({ reading }, 'an event was written by a clock too far ahead');
      }
      return observed;
    },
  };
}
