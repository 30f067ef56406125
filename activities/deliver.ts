import { deliveryStreamOf } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import type { NotificationRequest, Notifier, SendResult } from '../domain/policy/notification.ts';
import type { EventLog } from '../store/event-log.ts';
import { type AttemptsSoFar, attemptsSoFar, type Progress } from './attempts-so-far.ts';
import {
  type DeliveryEnd,
  endAfter,
  endBefore,
  givenUp,
  held,
  isHeld,
  mayHaveArrived,
  outOfTime,
  shortestSendMs,
} from './delivery-end.ts';
import type { DeliveryGuard } from './delivery-guard.ts';
import { type RecordAttemptDeps, recordAttempt } from './record-attempt.ts';
import { retryDelayMs } from './retry-delay.ts';

/** Where a test may let a worker die. Between `before_send` and `after_answer` the bytes are written. */
export type DeliveryPoint = 'before_send' | 'after_answer' | 'after_record';

export interface DeliverDeps extends RecordAttemptDeps {
  /** The configured channel's way of sending; undefined when the configuration has no such channel any more. */
  notifierOf(channel: string): Notifier | undefined | Promise<Notifier | undefined>;
  readonly log: Pick<EventLog, 'readStream'>;
  readonly guard: DeliveryGuard;
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** For tests. */
  readonly onPoint?: (point: DeliveryPoint, request: NotificationRequest) => void | Promise<void>;
}

/** One run of the activity, as the engine sees it. */
export interface DeliveryRun {
  /** From 1; also runs that only waited count. */
  readonly run: number;
  readonly progress: Progress | undefined;
  /** This run may take so long. */
  readonly runMs: number;
  /** Until nobody waits for the notification any more. */
  readonly leftMs: number;
  /** For the run after this one. */
  tell(progress: Progress): void;
  /** Rejects once nobody needs the notification any more, as far as this run was told. */
  stopIfWithdrawn?(): Promise<void>;
}

/** What is left of a run after its send: to record it, and to say so. */
const afterSendMs = 1_500;
const notConfigured = { outcome: 'rejected', reason: 'the channel is not configured any more' } as const;

/** At most one attempt of one notification, and what follows from it. */
export async function deliver(
  deps: DeliverDeps,
  request: NotificationRequest,
  run: DeliveryRun,
): Promise<DeliveryEnd> {
  const startedMs = deps.now();
  const leftMs = () => run.leftMs - (deps.now() - startedMs);
  let soFar = attemptsSoFar(await deps.log.readStream(deliveryStreamOf(request.key)), run);
  const delivered = soFar.attempts.find(({ outcome }) => outcome === 'delivered');
  if (delivered?.providerId !== undefined)
    return { kind: 'delivered', providerId: delivered.providerId, attempts: delivered.attempt };

  const notifier = await deps.notifierOf(request.channel);
  if (soFar.isOneLost) soFar = await recordLost(deps, request, soFar);
  const over = endBefore(request, soFar, { notifier, leftMs: leftMs() });
  if (over !== undefined) return over;
  if (notifier === undefined) {
    await recordAttempt(deps, request, { result: notConfigured, attempt: soFar.next, startedMs, soFar });
    return {
      kind: 'over',
      why: 'rejected',
      reason: notConfigured.reason,
      outcome: 'rejected',
      attempts: soFar.next,
    };
  }
  if (deps.guard.isOpen(notifier))
    return circuitIsOpen(deps, request, run, { notifier, soFar, leftMs: leftMs() });

  const waitedFor = await waitForPlace(deps, request, run, { notifier, soFar, leftMs: leftMs() });
  if (waitedFor !== undefined) return waitedFor;
  if (leftMs() < shortestSendMs) return outOfTime(soFar);
  await run.stopIfWithdrawn?.();
  soFar = await beginAttempt(deps, request, { notifier, soFar });
  if (isHeld(request, notifier, soFar)) return held(soFar);

  const sendMs = Math.min(leftMs(), run.runMs - (deps.now() - startedMs) - afterSendMs, limits.sendTimeoutMs);
  if (sendMs < shortestSendMs) return runIsOver(deps, request, run, { notifier, soFar, leftMs: leftMs() });
  return attemptOnce(deps, request, run, { notifier, soFar, sendMs, leftMs });
}

interface Standing {
  readonly notifier: Notifier;
  readonly soFar: AttemptsSoFar;
}

interface Waiting extends Standing {
  readonly leftMs: number;
}

/** The attempt that left no word is written down as what it is, so that whoever reads the log sees it. */
async function recordLost(
  deps: DeliverDeps,
  request: NotificationRequest,
  soFar: AttemptsSoFar,
): Promise<AttemptsSoFar> {
  const result: SendResult = { outcome: 'unknown', reason: 'whoever began this attempt left no word of it' };
  const attempt = { result, attempt: soFar.next, startedMs: deps.now(), soFar };
  const recorded = await recordAttempt(deps, request, attempt);
  return {
    ...soFar,
    attempts: [...soFar.attempts, recorded],
    version: soFar.version + 1,
    next: soFar.next + 1,
    isOneLost: true,
  };
}

/** What came before the send took the whole run: nothing was sent, and the next run has all of its time. */
async function runIsOver(
  deps: DeliverDeps,
  { key, kind }: NotificationRequest,
  run: DeliveryRun,
  { soFar, leftMs }: Waiting,
): Promise<DeliveryEnd> {
  await deps.guard.giveBack({ key, attempt: soFar.next });
  if (leftMs < shortestSendMs) return outOfTime(soFar);
  run.tell({ first: soFar.first, begun: soFar.next - 1 });
  const afterMs = retryDelayMs({ attempt: 1, kind, random: deps.random });
  const reason = 'there was no time left to send it';
  return { ...givenUp(soFar), kind: 'again', type: 'retry', reason, afterMs };
}

/** A page's next contact is due at once; what nobody else can do waits until the provider is back. */
function circuitIsOpen(
  deps: DeliverDeps,
  request: NotificationRequest,
  run: DeliveryRun,
  { notifier, soFar, leftMs }: Waiting,
): DeliveryEnd {
  const reason = `the circuit to ${notifier.account} is open`;
  const end = givenUp(soFar);
  const afterMs = Math.round(limits.circuitProbeMs * (1 + deps.random()));
  // the engine would end it without a run that could say so
  if (!isPatient(request) || afterMs + shortestSendMs > leftMs) return { ...end, why: 'circuit', reason };
  run.tell({ first: soFar.first, begun: soFar.next - 1 });
  return { ...end, kind: 'again', type: 'retry', reason, afterMs };
}

/** Undefined: it is our turn. */
async function waitForPlace(
  deps: DeliverDeps,
  request: NotificationRequest,
  run: DeliveryRun,
  { notifier, soFar, leftMs }: Waiting,
): Promise<DeliveryEnd | undefined> {
  const { pace } = notifier;
  if (pace === undefined) return undefined;
  const maxWaitMs = Math.min(leftMs, limits.maxPaceWaitMs);
  const { key, provider } = request;
  const place = await deps.guard.reserve({
    // edits have limits of their own at providers, and must not make a page wait
    pace: isEdit(request) ? { ...pace, key: `${pace.key}:edits` } : pace,
    key,
    maxWaitMs,
    holdMs: limits.paceHoldMs,
  });
  const reason = `too many messages wait for ${notifier.account}`;
  if (place.kind === 'full') {
    const end = givenUp(soFar);
    if (!isPatient(request) || maxWaitMs === leftMs) return { ...end, why: 'deadline', reason };
    run.tell({ first: soFar.first, begun: soFar.next - 1 });
    const afterMs = Math.round((limits.maxPaceWaitMs / 4) * (1 + deps.random()));
    return { ...end, kind: 'again', type: 'retry', reason, afterMs };
  }
  if (place.waitMs > limits.paceHoldMs) {
    run.tell({ first: soFar.first, begun: soFar.next - 1 });
    // in time for its turn however late the engine is: who misses it goes to the end of the row, again and again
    const afterMs = Math.ceil(place.waitMs - limits.paceHoldMs / 2);
    return { ...givenUp(soFar), kind: 'again', type: 'retry', reason, afterMs };
  }
  deps.metrics.paceWaitSeconds.observe({ provider }, place.waitMs / 1_000);
  if (place.waitMs <= 0) return undefined;
  // heartbeats are held back for seconds after the first: it says already now what soon may be true
  run.tell({ first: soFar.first, begun: soFar.next });
  await deps.sleep(place.waitMs);
  return undefined;
}

function isEdit({ kind }: NotificationRequest): boolean {
  return kind === 'update' || kind === 'resolved';
}

/** No next contact does it instead. */
function isPatient(request: NotificationRequest): boolean {
  return isEdit(request) || request.kind === 'undo';
}

/** Providers that know no key have a window before them, so that a repeat within it is known as one. */
async function beginAttempt(
  deps: DeliverDeps,
  request: NotificationRequest,
  { notifier, soFar }: Standing,
): Promise<AttemptsSoFar> {
  if (notifier.isIdempotent) return soFar;
  const { key } = request;
  if ((await deps.guard.begin({ key, attempt: soFar.next })) === 'first') return soFar;
  const after = await recordLost(deps, request, soFar);
  await deps.guard.begin({ key, attempt: after.next });
  return after;
}

interface Sending extends Standing {
  readonly sendMs: number;
  readonly leftMs: () => number;
}

async function attemptOnce(
  deps: DeliverDeps,
  request: NotificationRequest,
  run: DeliveryRun,
  { notifier, soFar, sendMs, leftMs }: Sending,
): Promise<DeliveryEnd> {
  const attempt = soFar.next;
  const startedMs = deps.now();
  run.tell({ first: soFar.first, begun: attempt });
  await deps.onPoint?.('before_send', request);
  // a send under way is finished even when the page is withdrawn: what was sent must be known
  const context = {
    attempt,
    signal: AbortSignal.timeout(Math.max(1, Math.floor(sendMs))),
    mayHaveArrived: mayHaveArrived(soFar),
    deadlineMs: Math.floor(startedMs + sendMs),
  };
  const result = await deps.guard.send(notifier, () => notifier.send(request, context));
  if (result === undefined) {
    await deps.guard.giveBack({ key: request.key, attempt });
    return circuitIsOpen(deps, request, run, { notifier, soFar, leftMs: leftMs() });
  }
  await deps.onPoint?.('after_answer', request);
  await recordAttempt(deps, request, { result, attempt, startedMs, soFar });
  await deps.onPoint?.('after_record', request);
  return endAfter(deps, request, { result, soFar, notifier, leftMs: leftMs() });
}
