import { startClock } from '../dispatch/clock.ts';
import { watchOrphanLanes } from '../dispatch/orphan-lanes.ts';
import { adoptLane, tryHoldLock } from '../store/advisory-lock.ts';
import { readCheckpoint } from '../store/checkpoints.ts';
import { listLanes } from '../store/lanes.ts';
import {
  countOpenIncidents,
  findAbandoned,
  findUnattended,
  listOpenIncidents,
} from '../views/clock-queries.ts';
import {
  dispatchConsumer,
  type LaneConsumers,
  type LaneConsumersDeps,
  openLaneConsumers,
} from './lane-consumers.ts';

export interface BackgroundWorkDeps extends LaneConsumersDeps {
  readonly url: string;
  readonly ownLane: number;
  readonly consumers: Pick<LaneConsumers, 'backlog'>;
  wakeProjection(incidentId: string, version: number): void;
}

const gaugeMs = 1_000;
/** What changed more recently is still on its ordinary way. */
const olderThanMs = 5_000;

/** What a server does beside answering: the clock, the lanes of dead processes, and the gauges. */
export function startBackgroundWork(deps: BackgroundWorkDeps): { close(): Promise<void> } {
  const clock = startClock({ ...deps, ...clockPorts(deps) });
  const orphans = watchOrphanLanes({ ...deps, ...orphanPorts(deps) });
  const gauges = setInterval(() => {
    setGauges(deps).catch((error: unknown) => deps.logger.debug({ err: error }, 'gauges not set'));
  }, gaugeMs).unref();
  return {
    async close() {
      clearInterval(gauges);
      await Promise.all([clock.close(), orphans.close()]);
    },
  };
}

function clockPorts({ database, url, logger, now }: BackgroundWorkDeps) {
  return {
    takeLock: () => tryHoldLock({ url, logger, applicationName: 'tocsin-clock', name: 'clock' }),
    checkpointOf: (lane: number) => readCheckpoint(database, { consumer: dispatchConsumer, lane }),
    views: {
      findUnattended: (limit: number) => findUnattended({ database, now: now(), olderThanMs, limit }),
      findAbandoned: (limit: number) => findAbandoned({ database, now: now(), olderThanMs, limit }),
      listOpen: (cursor: string | undefined, limit: number) =>
        listOpenIncidents({ database, limit, ...(cursor !== undefined && { cursor }) }),
    },
  };
}

function orphanPorts(deps: BackgroundWorkDeps) {
  const { database, log, url, logger, ownLane } = deps;
  return {
    listLanes: async () => (await listLanes(database)).filter(({ lane }) => lane !== ownLane),
    hasLeftovers: async (lane: number) => {
      const done = await readCheckpoint(database, { consumer: dispatchConsumer, lane });
      return (await log.readLaneTail(lane)) > done;
    },
    adopt: (lane: number) => adoptLane({ url, logger, applicationName: 'tocsin-orphan-lane', lane }),
    openConsumers: (lane: number) => openLaneConsumers(deps, lane),
  };
}

async function setGauges({ database, metrics, consumers }: BackgroundWorkDeps): Promise<void> {
  const { events, oldestAgeMs } = consumers.backlog();
  metrics.dispatchBacklog.set(events);
  metrics.dispatchOldestSeconds.set(oldestAgeMs / 1_000);
  const open = await countOpenIncidents(database);
  for (const state of ['open', 'acknowledged', 'snoozed'])
    metrics.incidentsOpen.set({ state }, open.get(state) ?? 0);
}
