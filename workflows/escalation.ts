import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  isCancellation,
  log,
  makeContinueAsNewFunc,
  ParentClosePolicy,
  patched,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { projectionWorkflowIdOf } from '../domain/ids.ts';
import { positionsOf, unseen } from '../domain/incident/decide.ts';
import { laterPositions } from '../domain/incident/evolve.ts';
import type { Incident, IncidentState } from '../domain/incident/incident.ts';
import type { AlertReference, AlertsSignal, EscalationInput } from '../domain/incident/protocol.ts';
import { taskQueuesBeside } from '../domain/incident/task-queues.ts';
import { type Happenings, nothingHappened, openingTurn } from '../domain/incident/turn.ts';
import { limits } from '../domain/limits.ts';
import { isDue, type Plan, planNext } from '../domain/policy/plan.ts';
import { createAlarm } from './alarm.ts';
import { beside } from './beside.ts';
import { createClearance } from './clearance.ts';
import { workflowNowMs } from './clock.ts';
import { handleCommands } from './commands.ts';
import { decideTurn } from './decide-turn.ts';
import { display, dueNames } from './display.ts';
import { type Finishing, finish, finishEarlier } from './finishing.ts';
import { findOpener, hasFired, isWorthAsking, leftOver, referencesOf } from './inbox.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createNotifications, type Notifications } from './notifications.ts';
import { createPeople } from './people.ts';
import type { projection } from './projection.ts';
import { createRedeliveries, type Redeliveries } from './redeliveries.ts';
import { takeBack } from './take-back.ts';

const alerts = defineSignal<[AlertsSignal]>('alerts');

/**
 * The saga of one incident: pages step by step until somebody answers or nothing fires any more. Every decision is
 * pure (`domain/incident/turn.ts`) and recorded before it is acted on; the workflow only waits and calls.
 */
export async function escalation(input: EscalationInput): Promise<void> {
  const inbox: AlertsSignal[] = [];
  const redeliveries = createRedeliveries();
  const ledger = createLedger();
  const receive = ({ redeliver, ...signal }: AlertsSignal): void => {
    if (redeliver !== undefined) redeliveries.add(redeliver);
    if (redeliver === undefined || signal.references.length > 0) inbox.push(signal);
  };
  for (const signal of input.inbox ?? []) receive(signal);
  setHandler(alerts, receive);
  handleCommands(ledger);

  const own = { isTakenUp: false, isFinished: false };
  const isOwn = (incidentId: string) =>
    !own.isTakenUp || (!own.isFinished && ledger.state()?.id === incidentId);
  const earlier = finishEarlier({ incidentIds: input.unfinished ?? [], redeliveries, isOwn });
  const projection = { started: Promise.resolve() };
  const incident = await takeUp({ input, inbox, redeliveries, ledger });
  own.isTakenUp = true;
  const notifications = createNotifications(traceOf(inbox));
  const run = { input, inbox, redeliveries, ledger, notifications, projection, earlier, own };
  try {
    await seeThrough(incident, run);
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => takeBack(ledger, notifications));
    throw error;
  }
}

interface Run extends Omit<Saga, 'incidentId'> {
  readonly input: EscalationInput;
  readonly earlier: Finishing;
  /** How far this run is with its own incident. */
  readonly own: { isFinished: boolean };
}

/** Until nothing is left to do for this workflow id, or a next run takes over. */
async function seeThrough(incident: IncidentState, run: Run): Promise<void> {
  const { input, inbox, redeliveries, ledger, notifications, projection, earlier, own } = run;
  if (incident !== undefined && incident.status !== 'resolved') {
    const isOver = await escalate({ ...run, incidentId: incident.id });
    // resolved while its notifications were stopped: the next run sends what is still to be said
    if (isOver && notifications.isSuspended()) {
      const isWanted = () => leftOver(inbox, ledger.state()).length > 0;
      await condition(() => allHandlersFinished() && (notifications.isAtRest() || isWanted()));
    }
    if (!isOver || notifications.isSuspended())
      return goOn({
        ...input,
        inbox: [...inbox, ...redeliveries.rest()],
        resume: { incidentId: incident.id },
        unfinished: earlier.incidentIds(),
      });
  }
  beside(async () => {
    await finish({ ledger, notifications, redeliveries });
    own.isFinished = true;
  });
  const rest = () => leftOver(inbox, ledger.state());
  const isDone = () => own.isFinished && earlier.isDone();
  do {
    await condition(() => isDone() || rest().length > 0);
    // a run that ends while its child is just starting fails its task, and the command in it
    await projection.started;
    await condition(allHandlersFinished);
  } while (!isDone() && rest().length === 0);
  if (rest().length === 0) return;
  const closed = own.isFinished || incident === undefined ? [] : [incident.id];
  const unfinished = [...earlier.incidentIds(), ...closed].slice(-limits.maxUnfinished);
  await openNext({ subject: input.subject, inbox: [...rest(), ...redeliveries.rest()], unfinished });
}

/** The same incident stays on the build that opened it. */
function goOn(input: EscalationInput): Promise<never> {
  return continueAsNew<typeof escalation>(input);
}

/** The next one begins on the newest build, where workers have versions. */
function openNext(input: EscalationInput): Promise<never> {
  return makeContinueAsNewFunc<typeof escalation>({ initialVersioningBehavior: 'AUTO_UPGRADE' })(input);
}

interface TakeUp {
  readonly input: EscalationInput;
  readonly inbox: readonly AlertsSignal[];
  readonly redeliveries: Redeliveries;
  readonly ledger: Ledger;
}

/** Opens a new incident, or takes up one that the log already holds. */
async function takeUp({ input, inbox, redeliveries, ledger }: TakeUp): Promise<IncidentState> {
  if (input.resume !== undefined) return ledger.load(input.resume.incidentId);
  await condition(() => inbox.length > 0 || redeliveries.incidentIds().length > 0);
  const review = inbox.find((signal) => signal.review !== undefined)?.review;
  if (review !== undefined) return ledger.load(review.incidentId);
  const opener = findOpener(inbox);
  if (opener === undefined) {
    const [incidentId] = redeliveries.incidentIds();
    if (incidentId === undefined) return undefined;
    const incident = await ledger.load(incidentId);
    if (incident !== undefined) display(incident);
    return incident;
  }
  const opening = { ...opener, subject: input.subject, references: referencesOf(inbox) };
  await ledger.commit(opener.first.incidentId, (state, nowMs) =>
    state === undefined ? openingTurn(opening, nowMs) : [],
  );
  return ledger.state();
}

interface Saga {
  readonly incidentId: string;
  readonly inbox: AlertsSignal[];
  readonly redeliveries: Redeliveries;
  readonly ledger: Ledger;
  readonly notifications: Notifications;
  readonly projection: { started: Promise<void> };
}

/** Goes on until the incident is resolved (true), or the history is long (false). */
async function escalate(saga: Saga): Promise<boolean> {
  const { incidentId, inbox, redeliveries, ledger, notifications, projection } = saga;
  const clearance = createClearance();
  const people = createPeople();
  const alarm = createAlarm();
  const opening = ledger.state();
  for (;;) {
    const signals = inbox.splice(0);
    const references = referencesOf(signals);
    if (hasFired(unseen(ledger.state()?.positions ?? {}, references))) clearance.doubt();
    const resolution = people.takeAnswer();
    const redeliver = redeliveries.take(incidentId);
    const happenings: Happenings = {
      ...nothingHappened,
      references,
      ends: notifications.takeEnds(),
      nothingFires: clearance.takeAllClear(),
      ...(resolution !== undefined && { resolution }),
      ...(redeliver !== undefined && { redeliver }),
    };
    alarm.takeRing();
    await ledger.commit(incidentId, (state, nowMs) => decideTurn(state, happenings, nowMs));
    const incident = ledger.state();
    if (incident === undefined) return true;
    notifications.pursue(incident);
    display(incident);
    if (!ledger.isFollowed() && isWorthShowing(incident, opening)) {
      projection.started = startProjection(incident);
      ledger.setFollowed();
    }
    if (incident.status === 'resolved') {
      alarm.set(undefined, '');
      // what came too late for this incident is left for the next one
      inbox.unshift(...signals);
      return true;
    }
    if (isWorthAsking(signals)) clearance.ask(questionOf(incident, references));
    if (isHistoryLong() && allHandlersFinished()) {
      if (notifications.underWay() === 0 && !notifications.hasEnds()) return false;
      if (isHistoryTooLong() && patched(suspends)) notifications.suspend();
    }
    const plan = planNext(incident, workflowNowMs());
    // the clock may have moved on while a slow database recorded: what is due now is the next turn's
    if (isDue(plan)) continue;
    if (plan.kind === 'resolve') people.ask(plan);
    const wakeMs = wakeOf(plan);
    alarm.set(ledger.isFollowed() ? wakeMs : sooner(wakeMs, showByMs(incident)), summaryOf(incident, plan));
    await condition(
      () =>
        alarm.hasRung() ||
        clearance.isAllClear() ||
        people.hasAnswer() ||
        notifications.hasEnds() ||
        notifications.isAtRest() ||
        redeliveries.has(incidentId) ||
        ledger.state()?.version !== incident.version ||
        inbox.length > 0,
    );
  }
}

/** An incident is shown with its first page's end, or this long after it opened if that takes longer. */
const showWithinMs = 250;

function showByMs({ openedAt }: Incident): number {
  return Date.parse(openedAt) + showWithinMs;
}

function isWorthShowing(incident: Incident, opening: IncidentState): boolean {
  return incident.version !== opening?.version || workflowNowMs() >= showByMs(incident);
}

function sooner(a: number | undefined, b: number): number {
  return a === undefined ? b : Math.min(a, b);
}

/** After the first page, so that one fold shows both: a page is worth more than a view (docs/adr/0008). */
async function startProjection(incident: Incident): Promise<void> {
  await startChild<typeof projection>('projection', {
    workflowId: projectionWorkflowIdOf(incident.id),
    taskQueue: taskQueuesBeside(workflowInfo().taskQueue).projections,
    args: [{ incidentId: incident.id, version: incident.version }],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: `views of incident ${incident.id}`,
  }).catch((error: unknown) => {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError))
      log.error('projection did not start', { error });
  });
}

function questionOf({ workflowId, positions }: Incident, references: readonly AlertReference[]) {
  return { workflowId, positions: laterPositions(positions, positionsOf(references)) };
}

function traceOf(inbox: readonly AlertsSignal[]) {
  const first = referencesOf(inbox).find(({ kind }) => kind === 'fired');
  return {
    ...(first?.traceparent !== undefined && { traceparent: first.traceparent }),
    ...(first !== undefined && { acceptedAt: first.acceptedAt }),
  };
}

function isHistoryLong(): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength > limits.maxHistoryEvents;
}

/** There was no moment without a notification under way for half as long again. */
function isHistoryTooLong(): boolean {
  return workflowInfo().historyLength > limits.maxHistoryEvents * 1.5;
}

/** Before, such a run waited on. Remove once no run of 0.1 is open any more. */
const suspends = '2026-11-suspends';

/** When the saga looks again by itself. */
function wakeOf(plan: Plan): number | undefined {
  if (plan.kind === 'wait') return plan.untilMs;
  return plan.kind === 'resolve' ? plan.wakeMs : undefined;
}

function summaryOf({ status, ladder, policy }: Incident, plan: Plan): string {
  if (plan.kind === 'wait' && plan.what !== 'step') return `until ${dueNames[plan.what]}`;
  if (status === 'snoozed') return 'until the snooze ends';
  return `step ${(ladder?.step ?? 0) + 1} of ${policy.steps.length}: waits for an acknowledgement`;
}
