import type { EscalationClient } from '../client/escalation-client.ts';
import { incidentStreamOf } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import type { EventLog } from '../store/event-log.ts';
import type { Logger } from '../telemetry/logger.ts';
import { alertsSignalOf, type PolicyLookup } from './alerts-signal.ts';
import type { Look } from './clock.ts';
import { dispatchItemsOf } from './dispatch-items.ts';
import type { DispatchItem } from './incident-queue.ts';
import { isAway } from './is-away.ts';
import { createPatience } from './patience.ts';
import { readOpening } from './read-opening.ts';

export interface UnattendedAlert {
  readonly workflowId: string;
  readonly firedLane: number;
  readonly firedPosition: number;
}

export interface OpenIncident {
  readonly incidentId: string;
  readonly version: number;
}

/** What the views know and no event will ever wake. */
export interface IncidentViews {
  /** Firing alerts without an open incident that nobody asked to keep quiet. */
  findUnattended(limit: number): Promise<readonly UnattendedAlert[]>;
  /** Open incidents of which no alert fires any more. */
  findAbandoned(limit: number): Promise<readonly OpenIncident[]>;
  /** Open incidents in the order of their ids, after `cursor`. */
  listOpen(cursor: string | undefined, limit: number): Promise<readonly OpenIncident[]>;
}

export interface IncidentLookDeps {
  readonly views: IncidentViews;
  readonly log: Pick<EventLog, 'readLane' | 'readStream' | 'readVersions'>;
  readonly escalations: EscalationClient;
  readonly policyOf: PolicyLookup;
  /** Up to where a lane is dispatched; what lies behind it is still on its ordinary way. */
  checkpointOf(lane: number): Promise<number>;
  wakeProjection(incidentId: string, version: number): void;
  readonly logger: Logger;
  readonly now: () => number;
}

/** It goes through all incidents that are open. */
const abandonedEveryMs = 5_000;
/** Open incidents whose saga is looked for each second: every look is a call to Temporal. */
const patrolPerLook = 10;
/** With hundreds of thousands of firing alerts a look takes a second: then it comes every twenty. */
const rest = 20;
/** Rows per look: bounds a second's work; what is left over comes next second. */
const perLook = 50;
/** A state must be seen this long before the clock acts: what is on its ordinary way is left alone. */
const patienceMs = 5_000;

/** Sees that whatever fires has a saga, that every saga has something that fires, and that views keep up. */
export function incidentLooks(deps: IncidentLookDeps): readonly Look[] {
  const { isDue } = createPatience({
    patienceMs,
    repeatMs: 30_000,
    forgetMs: 900_000,
    maxEntries: limits.maxPendingDispatch,
    now: deps.now,
  });
  const suspects: Suspects = new Set();
  let cursor: string | undefined;
  return [
    { everyMs: 1_000, rest, look: () => attend(deps, isDue) },
    { everyMs: abandonedEveryMs, rest, look: () => reviewAbandoned(deps, isDue) },
    {
      everyMs: 1_000,
      async look() {
        cursor = await patrol(deps, cursor, { suspects, isDue });
        await restartGone(deps, suspects, isDue);
      },
    },
  ];
}

/** Firing alerts without a saga: a workflow was terminated, Temporal lost its database, or dispatch parked them. */
async function attend(deps: IncidentLookDeps, isDue: (key: string) => boolean): Promise<void> {
  const byWorkflow = Map.groupBy(await deps.views.findUnattended(perLook), ({ workflowId }) => workflowId);
  for (const [workflowId, alerts] of byWorkflow) {
    if (isDue(`unattended ${workflowId}`))
      await alone(deps, workflowId, () => startFor(deps, workflowId, alerts));
  }
}

async function startFor(
  deps: IncidentLookDeps,
  workflowId: string,
  alerts: readonly UnattendedAlert[],
): Promise<void> {
  const items = await itemsOf(deps, workflowId, alerts);
  const [first] = items;
  if (first === undefined) return;
  const running = await deps.escalations.runningIncident(first.subject);
  if (running !== undefined) {
    // its saga is there, so it is the view that is missing
    if (running !== '') deps.wakeProjection(running, 0);
    return;
  }
  const { subject, signal } = await alertsSignalOf(items, deps.policyOf);
  deps.logger.warn(
    { workflowId, alerts: items.length },
    'firing alerts without a running incident: starting one',
  );
  await deps.escalations.deliver(subject, signal);
}

/** What is wrong with one incident must not keep the clock from the others; a part that is away ends the look. */
async function alone(deps: IncidentLookDeps, name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isAway(error)) throw error;
    deps.logger.error({ err: error, name }, 'the clock could not help an incident');
  }
}

async function itemsOf(
  deps: IncidentLookDeps,
  workflowId: string,
  alerts: readonly UnattendedAlert[],
): Promise<DispatchItem[]> {
  const items: DispatchItem[] = [];
  for (const { firedLane, firedPosition } of alerts) {
    if (firedPosition > (await deps.checkpointOf(firedLane))) continue;
    const page = await deps.log.readLane(firedLane, { afterPosition: firedPosition - 1, limit: 1 });
    items.push(...page.events.flatMap(dispatchItemsOf).filter((item) => item.workflowId === workflowId));
  }
  return items;
}

/** Open incidents whose alerts have all cleared: their saga is asked to look, or started to find out. */
async function reviewAbandoned(deps: IncidentLookDeps, isDue: (key: string) => boolean): Promise<void> {
  for (const { incidentId } of await deps.views.findAbandoned(perLook)) {
    if (isDue(`abandoned ${incidentId}`)) await alone(deps, incidentId, () => review(deps, incidentId));
  }
}

/** Incidents whose saga was not found; they are looked for again at each tick until it is, or until it is started. */
type Suspects = Set<string>;

/** Goes round all open incidents: each needs a saga that runs and a view that is up to date. */
async function patrol(
  deps: IncidentLookDeps,
  cursor: string | undefined,
  { suspects, isDue }: { readonly suspects: Suspects; isDue(key: string): boolean },
): Promise<string | undefined> {
  const open = await deps.views.listOpen(cursor, patrolPerLook);
  const versions = await deps.log.readVersions(open.map(({ incidentId }) => incidentStreamOf(incidentId)));
  for (const { incidentId, version } of open) {
    const newest = versions.get(incidentStreamOf(incidentId)) ?? version;
    if (newest > version) {
      if (isDue(`stale ${incidentId} ${version}`)) deps.wakeProjection(incidentId, newest);
    } else if (!suspects.has(incidentId)) {
      await alone(deps, incidentId, async () => {
        if (await isGone(deps, incidentId)) suspects.add(incidentId);
      });
    }
  }
  return open.length < patrolPerLook ? undefined : open.at(-1)?.incidentId;
}

async function restartGone(
  deps: IncidentLookDeps,
  suspects: Suspects,
  isDue: (key: string) => boolean,
): Promise<void> {
  for (const incidentId of [...suspects].slice(0, patrolPerLook)) {
    if (!isDue(`gone ${incidentId}`)) continue;
    suspects.delete(incidentId);
    await alone(deps, incidentId, async () => {
      if (!(await isGone(deps, incidentId))) return;
      deps.logger.warn({ incidentId }, 'an open incident has no running workflow: starting it again');
      await review(deps, incidentId);
    });
  }
}

async function isGone(deps: IncidentLookDeps, incidentId: string): Promise<boolean> {
  const opened = await readOpening(deps.log, incidentId);
  if (opened === undefined) return false;
  const { tenant, route, groupLabels } = opened;
  return (await deps.escalations.runningIncident({ tenant, route, groupLabels })) === undefined;
}

async function review(deps: IncidentLookDeps, incidentId: string): Promise<void> {
  const opened = await readOpening(deps.log, incidentId);
  if (opened === undefined) return;
  const { tenant, route, groupLabels, policy, severity } = opened;
  const signal = { policy, references: [], review: { incidentId } };
  await deps.escalations.review({ tenant, route, groupLabels }, signal, severity);
}
