import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineSignal,
  log,
  ParentClosePolicy,
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
import { nothingHappened, openingTurn, takeTurn } from '../domain/incident/turn.ts';
import { limits } from '../domain/limits.ts';
import { planNext } from '../domain/policy/plan.ts';
import { createAlarm } from './alarm.ts';
import { createClearance } from './clearance.ts';
import { workflowNowMs } from './clock.ts';
import { handleCommands } from './commands.ts';
import { display } from './display.ts';
import { finish, finishEarlier } from './finishing.ts';
import { findOpener, hasFired, isWorthAsking, leftOver, referencesOf } from './inbox.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createNotifications, type Notifications } from './notifications.ts';
import type { projection } from './projection.ts';

const alerts = defineSignal<[AlertsSignal]>('alerts');

/**
 * The saga of one incident: pages step by step until somebody answers or nothing fires any more. Every decision is
 * pure (`domain/incident/turn.ts`) and recorded before it is acted on; the workflow only waits and calls.
 */
export async function escalation(input: EscalationInput): Promise<void> {
  const inbox: AlertsSignal[] = [...(input.inbox ?? [])];
  const ledger = createLedger();
  setHandler(alerts, (signal) => void inbox.push(signal));
  handleCommands(ledger);

  const earlier = finishEarlier(input.unfinished ?? []);
  const projection = { started: Promise.resolve() };
  const incident = await takeUp(input, inbox, ledger);
  const notifications = createNotifications(traceOf(inbox));
  if (incident !== undefined && incident.status !== 'resolved') {
    const isOver = await escalate({ incidentId: incident.id, inbox, ledger, notifications, projection });
    if (!isOver)
      return continueWith({
        ...input,
        inbox,
        resume: { incidentId: incident.id },
        unfinished: earlier.incidentIds(),
      });
  }
  let isFinished = false;
  void finish(ledger, notifications).then(() => {
    isFinished = true;
  });
  const rest = () => leftOver(inbox, ledger.state());
  await condition(() => (isFinished && earlier.isDone()) || rest().length > 0);
  // a run that ends while its child is just starting fails its task, and the command in it
  await projection.started;
  await condition(allHandlersFinished);
  if (rest().length === 0) return;
  const closed = isFinished || incident === undefined ? [] : [incident.id];
  const unfinished = [...earlier.incidentIds(), ...closed].slice(-limits.maxUnfinished);
  await continueWith({ subject: input.subject, inbox: rest(), unfinished });
}

function continueWith(input: EscalationInput): Promise<never> {
  return continueAsNew<typeof escalation>(input);
}

/** Opens a new incident, or takes up one that the log already holds. */
async function takeUp(
  input: EscalationInput,
  inbox: readonly AlertsSignal[],
  ledger: Ledger,
): Promise<IncidentState> {
  if (input.resume !== undefined) return ledger.load(input.resume.incidentId);
  await condition(() => inbox.length > 0);
  const review = inbox.find((signal) => signal.review !== undefined)?.review;
  if (review !== undefined) return ledger.load(review.incidentId);
  const opener = findOpener(inbox);
  if (opener === undefined) return undefined;
  const opening = { ...opener, subject: input.subject, references: referencesOf(inbox) };
  await ledger.commit(opener.first.incidentId, (state, nowMs) =>
    state === undefined ? openingTurn(opening, nowMs) : [],
  );
  return ledger.state();
}

interface Escalation {
  readonly incidentId: string;
  readonly inbox: AlertsSignal[];
  readonly ledger: Ledger;
  readonly notifications: Notifications;
  readonly projection: { started: Promise<void> };
}

/** Goes on until the incident is resolved (true), or the history is long (false). */
async function escalate({
  incidentId,
  inbox,
  ledger,
  notifications,
  projection,
}: Escalation): Promise<boolean> {
  const clearance = createClearance();
  const alarm = createAlarm();
  const opening = ledger.state();
  for (;;) {
    const signals = inbox.splice(0);
    const references = referencesOf(signals);
    if (hasFired(unseen(ledger.state()?.positions ?? {}, references))) clearance.doubt();
    const ends = notifications.takeEnds();
    const happenings = { ...nothingHappened, references, ends, nothingFires: clearance.takeAllClear() };
    alarm.takeRing();
    await ledger.commit(incidentId, (state, nowMs) =>
      state === undefined ? [] : takeTurn(state, happenings, nowMs),
    );
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
    if (isHistoryLong() && notifications.underWay() === 0 && allHandlersFinished()) return false;
    const plan = planNext(incident, workflowNowMs());
    // the clock may have moved on while a slow database recorded: what is due now is the next turn's
    if (plan.kind === 'start_step' || plan.kind === 'exhaust') continue;
    const dueMs = plan.kind === 'wait' ? plan.untilMs : undefined;
    alarm.set(ledger.isFollowed() ? dueMs : sooner(dueMs, showByMs(incident)), summaryOf(incident));
    await condition(
      () =>
        alarm.hasRung() ||
        clearance.isAllClear() ||
        notifications.hasEnds() ||
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

function summaryOf({ status, ladder, policy }: Incident): string {
  if (status === 'snoozed') return 'until the snooze ends';
  return `step ${(ladder?.step ?? 0) + 1} of ${policy.steps.length}: waits for an acknowledgement`;
}
