import type { NotifierActivities, ProjectionActivities, SagaActivities } from '../activities/activities.ts';
import { createNotify, type NotifyDeps } from '../activities/notify.ts';
import { createRecord, type RecordDeps } from '../activities/record.ts';
import type { Database } from '../store/database.ts';
import type { EventLog } from '../store/event-log.ts';
import { countFiring } from '../views/firing-alerts.ts';
import { createIncidentProjector, type ProjectedIncident } from '../views/incident-projector.ts';

export interface ActivitiesDeps extends Omit<NotifyDeps, 'log' | 'random'>, Omit<RecordDeps, 'log'> {
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
): SagaActivities & ProjectionActivities & NotifierActivities {
  const { database } = deps;
  const project = createIncidentProjector(deps);
  return {
    record: createRecord(deps),
    notify: createNotify({ ...deps, random: Math.random }),
    countFiring: ({ workflowId, positions }) =>
      countFiring({ database, workflowId, positions, withinMs: countFiringWithinMs }),
    project: ({ incidentId }) => project(incidentId),
  };
}
