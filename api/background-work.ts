import { type Look, startClock } from '../dispatch/clock.ts';
import { watchOrphanLanes } from '../dispatch/orphan-lanes.ts';
import { adoptLane, tryHoldLock } from '../store/advisory-lock.ts';
import { readCheckpoint } from '../store/checkpoints.ts';
import { consumers as consumerNames } from '../store/consumers.ts';
import { listLanes } from '../store/lanes.ts';
import { countParkedByConsumer } from '../store/parked-events.ts';
import { countOpenIncidents } from '../views/clock-queries.ts';
import { countDeadLetters } from '../views/dead-letters.ts';
import { type LaneConsumers, type LaneConsumersDeps, openLaneConsumers } from './lane-consumers.ts';

export interface BackgroundWorkDeps extends LaneConsumersDeps {
  readonly url: string;
  readonly ownLane: number;
  readonly consumers: Pick<LaneConsumers, 'backlog'>;
  readonly looks: readonly Look[];
}

export interface BackgroundWork {
  isClockHolder(): boolean;
  close(): Promise<void>;
}

const gaugeMs = 1_000;

/** What a server does beside answering: the clock, the lanes of dead processes, and the gauges. */
export function startBackgroundWork(deps: BackgroundWorkDeps): BackgroundWork {
  const { url, logger } = deps;
  const takeLock = () => tryHoldLock({ url, logger, applicationName: 'tocsin-clock', name: 'clock' });
  const clock = startClock({ ...deps, takeLock });
  const orphans = watchOrphanLanes({ ...deps, ...orphanPorts(deps) });
  const gauges = setInterval(() => {
    setGauges(deps).catch((error: unknown) => logger.debug({ err: error }, 'gauges not set'));
  }, gaugeMs).unref();
  return {
    isClockHolder: clock.isHolder,
    async close() {
      clearInterval(gauges);
      await Promise.all([clock.close(), orphans.close()]);
    },
  };
}

function orphanPorts(deps: BackgroundWorkDeps) {
  const { database, log, url, logger, ownLane } = deps;
  return {
    listLanes: async () => (await listLanes(database)).filter(({ lane }) => lane !== ownLane),
    hasLeftovers: async (lane: number) => {
      const done = await readCheckpoint(database, { consumer: consumerNames.dispatch, lane });
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
  const dead = await countDeadLetters(database);
  // a provider that has none any more must not keep its last number
  metrics.deadLettersNow.reset();
  for (const [provider, count] of dead) metrics.deadLettersNow.set({ provider }, count);
  const parked = await countParkedByConsumer(database);
  for (const consumer of Object.values(consumerNames))
    metrics.eventsParkedNow.set({ consumer }, parked.get(consumer) ?? 0);
}
