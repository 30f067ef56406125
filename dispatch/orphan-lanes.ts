import type { Held } from '../store/advisory-lock.ts';
import type { Lane } from '../store/lanes.ts';
import type { Logger } from '../telemetry/logger.ts';

/** What works on one lane: it dispatches, and folds the alert views. */
export interface LaneConsumers {
  isDrained(): boolean;
  close(): Promise<void>;
}

export interface OrphanLanesDeps {
  listLanes(): Promise<readonly Lane[]>;
  /** Whether a lane has events that nobody has dispatched or folded. */
  hasLeftovers(lane: number): Promise<boolean>;
  adopt(lane: number): Promise<Held | undefined>;
  openConsumers(lane: number): Promise<LaneConsumers>;
  readonly logger: Logger;
}

export interface OrphanLanes {
  close(): Promise<void>;
}

const lookMs = 1_000;

/** Takes the lanes of processes that died, finishes what they left undone, and lets them go. One lane at a time. */
export function watchOrphanLanes(deps: OrphanLanesDeps): OrphanLanes {
  const { logger } = deps;
  let working: Promise<void> | undefined;
  let isClosed = false;

  const drain = async (lane: number): Promise<void> => {
    const held = await deps.adopt(lane);
    if (held === undefined) return;
    try {
      logger.info({ lane }, 'adopts a lane whose process is gone');
      const consumers = await deps.openConsumers(lane);
      try {
        while (!isClosed && held.isHeld() && !consumers.isDrained()) await pause(100);
      } finally {
        await consumers.close();
      }
    } finally {
      await held.release();
    }
  };

  const look = async (): Promise<void> => {
    const orphans = (await deps.listLanes()).filter(({ kind, isHeld }) => kind === 'ingest' && !isHeld);
    for (const { lane } of orphans) if (!isClosed && (await deps.hasLeftovers(lane))) await drain(lane);
  };

  const timer = setInterval(() => {
    working ??= look()
      .catch((error: unknown) => logger.warn({ err: error }, 'could not look after lanes'))
      .finally(() => {
        working = undefined;
      });
  }, lookMs).unref();

  return {
    async close() {
      isClosed = true;
      clearInterval(timer);
      await working;
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
