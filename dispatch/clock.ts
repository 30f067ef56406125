import type { EscalationClient } from '../client/escalation-client.ts';
import type { RecordedEvent } from '../domain/events/envelope.ts';
import type { IncidentEvent } from '../domain/events/incident-events.ts';
import { incidentStreamOf } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import type { Held } from '../store/advisory-lock.ts';
import type { EventLog } from '../store/event-log.ts';
import type { Logger } from '../telemetry/logger.ts';
import { alertsSignalOf, type PolicyLookup } from './alerts-signal.ts';
import { dispatchItemsOf } from './dispatch-items.ts';
import type { DispatchItem } from './incident-queue.ts';
import { isAway } from './is-away.ts';
import { createPatience } from './patience.ts';

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
export interface ClockViews {
  /** Firing alerts without an open incident that nobody asked to keep quiet. */
  findUnattended(limit: number): Promise<readonly UnattendedAlert[]>;
  /** Open incidents of which no alert fires any more. */
  findAbandoned(limit: number): Promise<readonly OpenIncident[]>;
  /** Open incidents in the order of their ids, after `cursor`. */
  listOpen(cursor: string | undefined, limit: number): Promise<readonly OpenIncident[]>;
}

export interface ClockDeps {
  takeLock(): Promise<Held | undefined>;
  readonly views: ClockViews;
  readonly log: Pick<EventLog, 'readLane' | 'readStream' | 'readVersions'>;
  readonly escalations: EscalationClient;
  readonly policyOf: PolicyLookup;
  /** Up to where a lane is dispatched; what lies behind it is still on its ordinary way. */
  checkpointOf(lane: number): Promise<number>;
  wakeProjection(incidentId: string, version: number): void;
  readonly logger: Logger;
  readonly now: () => number;
}

export interface Clock {
  /** Whether this process holds the clock now. */
  isHolder(): boolean;
  close(): Promise<void>;
}

const tickMs = 1_000;
/** Ticks between two looks for abandoned incidents: it goes through all that are open. */
const abandonedEvery = 5;
/** Open incidents whose saga is looked for each second: every look is a call to Temporal. */
const patrolPerTick = 10;
/** Rows per look: bounds a second's work; what is left over comes next second. */
const perLook = 50;
/** A state must be seen this long before the clock acts: what is on its ordinary way is left alone. */
const patienceMs = 5_000;

/** Looks once a second at what no event will wake: in one process at a time, the holder of the lock `clock`. */
export function startClock(deps: ClockDeps): Clock {
  const { logger } = deps;
  const patience = createPatience({
    patienceMs,
    repeatMs: 30_000,
    forgetMs: 900_000,
    maxEntries: limits.maxPendingDispatch,
    now: deps.now,
  });
  let held: Held | undefined;
  const suspects: Suspects = new Set();
  let cursor: string | undefined;
  let ticks = 0;
  let ticking: Promise<void> | undefined;

  const tick = async (): Promise<void> => {
    ticks += 1;
    if (!held?.isHeld()) held = await deps.takeLock();
    if (held === undefined) return;
    await attend(deps, patience.isDue);
    if (ticks % abandonedEvery === 0) await reviewAbandoned(deps, patience.isDue);
    cursor = await patrol(deps, cursor, { suspects, isDue: patience.isDue });
    await restartGone(deps, suspects, patience.isDue);
  };

  const timer = setInterval(() => {
    ticking ??= tick()
      .catch((error: unknown) => logger.warn({ err: error }, 'the clock could not look'))
      .finally(() => {
        ticking = undefined;
      });
  }, tickMs).unref();

  return {
    isHolder: () => held?.isHeld() ?? false,
    async close() {
      clearInterval(timer);
      await ticking;
      await held?.release();
    },
  };
}

/** Firing alerts without a saga: a workflow was terminated, Temporal lost its database, or dispatch parked them. */
async function attend(deps: ClockDeps, isDue: (key: string) => boolean): Promise<void> {
  const byWorkflow = Map.groupBy(await deps.views.findUnattended(perLook), ({ workflowId }) => workflowId);
  for (const [workflowId, alerts] of byWorkflow) {
    if (isDue(`unattended ${workflowId}`))
      await alone(deps, workflowId, () => startFor(deps, workflowId, alerts));
  }
}

async function startFor(
  deps: ClockDeps,
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
async function alone(deps: ClockDeps, name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isAway(error)) throw error;
    deps.logger.error({ err: error, name }, 'the clock could not help an incident');
  }
}

async function itemsOf(
  deps: ClockDeps,
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
async function reviewAbandoned(deps: ClockDeps, isDue: (key: string) => boolean): Promise<void> {
  for (const { incidentId } of await deps.views.findAbandoned(perLook)) {
    if (isDue(`abandoned ${incidentId}`)) await alone(deps, incidentId, () => review(deps, incidentId));
  }
}

/** Incidents whose saga was not found; they are looked for again at each tick until it is, or until it is started. */
type Suspects = Set<string>;

/** Goes round all open incidents: each needs a saga that runs and a view that is up to date. */
async function patrol(
  deps: ClockDeps,
  cursor: string | undefined,
  { suspects, isDue }: { readonly suspects: Suspects; isDue(key: string): boolean },
): Promise<string | undefined> {
  const open = await deps.views.listOpen(cursor, patrolPerTick);
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
  return open.length < patrolPerTick ? undefined : open.at(-1)?.incidentId;
}

async function restartGone(
  deps: ClockDeps,
  suspects: Suspects,
  isDue: (key: string) => boolean,
): Promise<void> {
  for (const incidentId of [...suspects].slice(0, patrolPerTick)) {
    if (!isDue(`gone ${incidentId}`)) continue;
    suspects.delete(incidentId);
    await alone(deps, incidentId, async () => {
      if (!(await isGone(deps, incidentId))) return;
      deps.logger.warn({ incidentId }, 'an open incident has no running workflow: starting it again');
      await review(deps, incidentId);
    });
  }
}

async function isGone(deps: ClockDeps, incidentId: string): Promise<boolean> {
  const opened = await readOpening(deps, incidentId);
  if (opened === undefined) return false;
  const { tenant, route, groupLabels } = opened;
  return (await deps.escalations.runningIncident({ tenant, route, groupLabels })) === undefined;
}

async function review(deps: ClockDeps, incidentId: string): Promise<void> {
  const opened = await readOpening(deps, incidentId);
  if (opened === undefined) return;
  const { tenant, route, groupLabels, policy, severity } = opened;
  const signal = { policy, references: [], review: { incidentId } };
  await deps.escalations.review({ tenant, route, groupLabels }, signal, severity);
}

async function readOpening({ log }: ClockDeps, incidentId: string) {
  const [first] = await log.readStream(incidentStreamOf(incidentId), { limit: 1 });
  const event = first === undefined ? undefined : incidentEventOf(first);
  return event?.type === 'IncidentOpened' ? event.data : undefined;
}

/** The store has checked the body against its schema, and only the saga writes incident streams. */
function incidentEventOf({ body }: RecordedEvent): IncidentEvent {
  return body as IncidentEvent;
}
