import type { EscalationClient } from '../client/escalation-client.ts';
import type { PolicyLookup } from '../dispatch/alerts-signal.ts';
import { type Dispatcher, openDispatcher } from '../dispatch/dispatcher.ts';
import { createStillNeeded } from '../dispatch/still-needed.ts';
import type { RecordedEvent } from '../domain/events/envelope.ts';
import { readCheckpoint, writeCheckpoint } from '../store/checkpoints.ts';
import { consumers } from '../store/consumers.ts';
import type { Database } from '../store/database.ts';
import type { EventLog } from '../store/event-log.ts';
import { parkEvent } from '../store/parked-events.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createAlertViewFolder } from '../views/alert-view-folder.ts';
import { isCoveredByHumanResolve } from '../views/clock-queries.ts';

export interface LaneConsumersDeps {
  readonly database: Database;
  readonly log: EventLog;
  readonly escalations: EscalationClient;
  readonly policyOf: PolicyLookup;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly now: () => number;
  /** Called after alert views are committed, with the tenants they belong to. */
  readonly onAlertsFolded?: (tenants: readonly string[]) => void | Promise<void>;
}

/** What works on one ingest lane: its dispatcher and the fold of its alert views. */
export interface LaneConsumers {
  accept(events: readonly RecordedEvent[]): void;
  backlog: Dispatcher['backlog'];
  isDrained(): boolean;
  close(): Promise<void>;
}

export async function openLaneConsumers(deps: LaneConsumersDeps, lane: number): Promise<LaneConsumers> {
  const { database, log } = deps;
  const dispatcher = await openDispatcher({
    ...deps,
    lane,
    ledger: {
      readCheckpoint: (of) => readCheckpoint(database, { consumer: consumers.dispatch, lane: of }),
      writeCheckpoint: (of, position) =>
        writeCheckpoint(database, { consumer: consumers.dispatch, lane: of, position }),
      park: async (item) => void (await parkEvent(database, { consumer: consumers.dispatch, ...item })),
    },
    stillNeeded: createStillNeeded({
      log,
      isCoveredByHumanResolve: (episodes) => isCoveredByHumanResolve(database, episodes),
    }),
  });
  const folder = createAlertViewFolder({ ...deps, lane });
  const tail = await log.readLaneTail(lane);
  return {
    accept(events) {
      dispatcher.offer(events);
      folder.accept(events);
    },
    backlog: () => dispatcher.backlog(),
    isDrained: () => dispatcher.isDrained() && folder.reachedPosition() >= tail,
    async close() {
      await Promise.all([dispatcher.close(), folder.close()]);
    },
  };
}
