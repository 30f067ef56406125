import type { EscalationClient } from '../client/escalation-client.ts';
import type { PolicyLookup } from '../dispatch/alerts-signal.ts';
import { createStillNeeded } from '../dispatch/still-needed.ts';
import { createTakeInParked } from '../dispatch/take-in-parked.ts';
import type { Database } from '../store/database.ts';
import type { EventLog } from '../store/event-log.ts';
import { listParked } from '../store/parked-events.ts';
import { retryParked, type TakeIn } from '../store/retry-parked.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { isCoveredByHumanResolve } from '../views/clock-queries.ts';
import type { ProjectedIncident } from '../views/incident-projector.ts';
import { createTakeInParkedAlerts } from '../views/take-in-parked-alerts.ts';
import { createTakeInParkedIncidents } from '../views/take-in-parked-incidents.ts';
import type { ParkedEvents } from './routes/parked-events.ts';

export interface ParkedEventsDeps {
  readonly database: Database;
  readonly log: EventLog;
  readonly escalations: Pick<EscalationClient, 'deliver'>;
  readonly policyOf: PolicyLookup;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly now: () => number;
  wakeProjection(incidentId: string, version: number): void;
  /** After views are committed: drop older copies from caches. */
  readonly onAlertsFolded?: (tenants: readonly string[]) => void | Promise<void>;
  readonly onProjected?: (projected: ProjectedIncident) => void | Promise<void>;
}

/** Ingest and the sagas read what they need by themselves: to them a stream goes on once it can be decoded. */
const nothingToDo: TakeIn = async () => {};

/** What every consumer has set aside, and its way back. Any server may do it, whoever owns the lanes. */
export function createParkedEvents(deps: ParkedEventsDeps): ParkedEvents {
  const { database, log, logger } = deps;
  const stillNeeded = createStillNeeded({
    log,
    isCoveredByHumanResolve: (episodes) => isCoveredByHumanResolve(database, episodes),
  });
  const consumers = {
    ingest: nothingToDo,
    record: nothingToDo,
    dispatch: createTakeInParked({ ...deps, stillNeeded }),
    'alert-views': createTakeInParkedAlerts(deps),
    'incident-views': createTakeInParkedIncidents(deps),
  };
  return {
    list: (options) => listParked(database, options),
    retry: (options) => retryParked({ database, logger, consumers }, options),
  };
}
