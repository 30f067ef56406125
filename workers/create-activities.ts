import type {
  NotifierActivities,
  ProjectionActivities,
  RetentionActivities,
  SagaActivities,
} from '../activities/activities.ts';
import { createNotify, type NotifyDeps } from '../activities/notify.ts';
import { createRecall } from '../activities/recall.ts';
import { createRecord, type RecordDeps } from '../activities/record.ts';
import { createResolveStep, type ResolveStepDeps } from '../activities/resolve-step.ts';
import { createArchiveBatch } from '../activities/retention.ts';
import { withHeartbeat } from '../activities/with-heartbeat.ts';
import { consumers } from '../store/consumers.ts';
import type { Database } from '../store/database.ts';
import type { EventLog } from '../store/event-log.ts';
import { createPark } from '../store/park-undecodable.ts';
import { countFiring } from '../views/firing-alerts.ts';
import { createIncidentProjector, type ProjectedIncident } from '../views/incident-projector.ts';

export interface ActivitiesDeps
  extends Omit<NotifyDeps, 'log' | 'random'>,
    Omit<RecordDeps, 'log' | 'park'>,
    ResolveStepDeps {
  readonly database: Database;
  readonly log: EventLog;
  /** After the view is committed: drops older copies from caches. */
  onProjected(projected: ProjectedIncident): void | Promise<void>;
}

/** How long the saga's question waits for the alert view before the engine asks again. */
const countFiringWithinMs = 3_000;

/** Every activity of tocsin over the real store. */
export function createActivities(
  deps: ActivitiesDeps,
): SagaActivities & ProjectionActivities & NotifierActivities & RetentionActivities {
  const { database } = deps;
  const project = createIncidentProjector({ ...deps, park: createPark(deps, consumers.incidentViews) });
  const archiveBatch = createArchiveBatch(deps);
  const reading = { ...deps, park: createPark(deps, consumers.record) };
  return {
    record: createRecord(reading),
    recall: createRecall(reading),
    resolveStep: createResolveStep(deps),
    notify: createNotify({ ...deps, random: Math.random }),
    countFiring: ({ workflowId, positions }) =>
      countFiring({ database, workflowId, positions, withinMs: countFiringWithinMs }),
    project: ({ incidentId }) => project(incidentId),
    archiveBatch: (request) => withHeartbeat(() => archiveBatch(request)),
  };
}
