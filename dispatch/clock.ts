import { limits } from '../domain/limits.ts';
import type { Held } from '../store/advisory-lock.ts';
import type { Logger } from '../telemetry/logger.ts';

/** Something that no event will ever wake, looked at again and again by one process of all. */
export interface Look {
  readonly everyMs: number;
  /** Rests so many times as long as it took, so that what grows with the number of alerts never fills the database. */
  readonly rest?: number;
  look(): Promise<void>;
}

export interface ClockDeps {
  takeLock(): Promise<Held | undefined>;
  readonly looks: readonly Look[];
  readonly logger: Logger;
  readonly now: () => number;
}

export interface Clock {
  /** Whether this process holds the clock now. */
  isHolder(): boolean;
  close(): Promise<void>;
}

/**
 * Looks in one process at a time, the holder of the lock `clock`; one that dies is followed within `limits.clockTickMs`.
 * A look that takes long, or fails, keeps the clock from none of the others.
 */
export function startClock({ takeLock, looks, logger, now }: ClockDeps): Clock {
  const plans = new Map<Look, { readonly dueMs: number; readonly waitMs: number }>();
  const running = new Map<Look, Promise<void>>();
  let held: Held | undefined;
  let ticking: Promise<void> | undefined;

  const isDue = (look: Look): boolean => {
    const { dueMs, waitMs } = plans.get(look) ?? { dueMs: 0, waitMs: 0 };
    const leftMs = dueMs - now();
    // longer than that nobody was to wait: the machine's clock was put back
    return leftMs <= 0 || leftMs > waitMs;
  };

  const plan = (look: Look, waitMs: number): void => void plans.set(look, { dueMs: now() + waitMs, waitMs });

  const start = async (look: Look): Promise<void> => {
    plan(look, look.everyMs);
    const startedMs = performance.now();
    try {
      await look.look();
    } catch (error) {
      logger.warn({ err: error }, 'the clock could not look');
    } finally {
      running.delete(look);
      const restMs = (performance.now() - startedMs) * (look.rest ?? 0);
      if (restMs > look.everyMs) plan(look, restMs);
    }
  };

  const tick = async (): Promise<void> => {
    if (!held?.isHeld()) held = await takeLock();
    if (held === undefined) return;
    for (const look of looks) if (!running.has(look) && isDue(look)) running.set(look, start(look));
  };

  const timer = setInterval(() => {
    ticking ??= tick()
      .catch((error: unknown) => logger.warn({ err: error }, 'the clock could not be taken'))
      .finally(() => {
        ticking = undefined;
      });
  }, limits.clockTickMs).unref();

  return {
    isHolder: () => held?.isHeld() ?? false,
    async close() {
      clearInterval(timer);
      await ticking;
      await Promise.all(running.values());
      await held?.release();
    },
  };
}
