import type { EscalationClient } from '../client/escalation-client.ts';
import type { RecordedEvent } from '../domain/events/envelope.ts';
import { limits } from '../domain/limits.ts';
import type { PolicySnapshot } from '../domain/policy/policy.ts';
import type { EventLog } from '../store/event-log.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { alertsSignalOf } from './alerts-signal.ts';
import { dispatchItemsOf } from './dispatch-items.ts';
import { takeAhead } from './express.ts';
import { createIncidentQueue, type DispatchItem, type IncidentBatch } from './incident-queue.ts';
import { isAway } from './is-away.ts';
import { createLaneFeed } from './lane-feed.ts';
import { createPacer } from './pacer.ts';
import { createProgress } from './progress.ts';
import { createRests } from './rests.ts';

/** What a dispatcher remembers, and what it sets aside. */
export interface DispatchLedger {
  readCheckpoint(lane: number): Promise<number>;
  writeCheckpoint(lane: number, position: number): Promise<void>;
  park(item: ParkedItem): Promise<void>;
}

export interface ParkedItem {
  readonly lane: number;
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly reason: string;
}

export interface DispatcherDeps {
  readonly lane: number;
  readonly log: Pick<EventLog, 'readLane'>;
  readonly ledger: DispatchLedger;
  readonly escalations: Pick<EscalationClient, 'deliver'>;
  policyOf(configVersion: number, name: string): Promise<PolicySnapshot>;
  /** Of alerts read again from the log: which of those that fired still need somebody. */
  stillNeeded(fired: readonly DispatchItem[]): Promise<ReadonlySet<DispatchItem>>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly now: () => number;
}

export interface Dispatcher {
  /** Committed events of the lane, in order, straight from memory. */
  offer(events: readonly RecordedEvent[]): void;
  backlog(): { readonly events: number; readonly oldestAgeMs: number };
  /** All that the log held when it was last read, and all that was offered since, is with Temporal. */
  isDrained(): boolean;
  close(): Promise<void>;
}

const pageSize = 1_000;
const checkpointEveryMs = 1_000;

const closeTimeoutMs = 5_000;
/** Tries of a batch that fails for another reason than a part that is away, over 3 s; then its events are parked, and what still fires is left to the clock. */
const maxTries = 6;
const firstRetryMs = 50;
const maxRetryMs = 5_000;

/**
 * Carries one lane's alert events to the sagas. The log is the outbox: what does not fit into memory, or was left by
 * a process that died, is read from it, after the checkpoint that stays below everything that is not through.
 */
export async function openDispatcher(deps: DispatcherDeps): Promise<Dispatcher> {
  const { lane, ledger, metrics, logger, now } = deps;
  const startAfter = await ledger.readCheckpoint(lane);
  const queue = createIncidentQueue();
  const progress = createProgress(startAfter, now);
  const pacer = createPacer({ now, random: Math.random, resume: () => pump() });
  const tries = new Map<string, number>();
  const rests = createRests({ now, maxEntries: limits.maxPendingDispatch });
  let savedCheckpoint = startAfter;
  let isReading = false;
  let inFlight = 0;
  let isClosed = false;

  const finish = (items: readonly DispatchItem[]): void => {
    for (const { reference, isAhead } of items) if (!isAhead) progress.endPart(reference.position);
  };

  const takeIn = (event: RecordedEvent, items: readonly DispatchItem[]): void => {
    progress.begin(event.position, items.length);
    for (const item of items) finish(queue.push(item));
  };

  const feed = createLaneFeed({
    startAfter,
    hasRoom: (events) => queue.size() + events <= limits.maxPendingDispatch,
    takeIn: (events) => {
      for (const event of events) takeIn(event, dispatchItemsOf(event));
    },
    leftBehind: (events) => takeAhead(events, queue),
    async readPage(after) {
      const page = await deps.log.readLane(lane, { afterPosition: after, limit: pageSize });
      const items = page.events.flatMap(dispatchItemsOf);
      const skipped = await notNeeded(deps, items);
      for (const bad of page.undecodable) await park([bad]);
      const needed = items.filter((item) => !skipped.has(item));
      const byPosition = Map.groupBy(needed, ({ reference }) => reference.position);
      for (const event of page.events) takeIn(event, byPosition.get(event.position) ?? []);
      return page.lastPosition;
    },
  });

  const hold = (error: unknown): void => {
    if (pacer.failed()) logger.warn({ err: error, lane }, 'dispatch waits');
  };

  const park = async (items: readonly Omit<ParkedItem, 'lane'>[]): Promise<void> => {
    for (const { position, stream, version, reason } of items) {
      await ledger.park({ lane, position, stream, version, reason });
      metrics.eventsParked.inc({ consumer: 'dispatch' });
    }
  };

  const deliver = async (batch: IncidentBatch): Promise<void> => {
    try {
      const { subject, signal } = await alertsSignalOf(batch.items, deps.policyOf);
      await deps.escalations.deliver(subject, signal);
      pacer.succeeded();
      metrics.dispatchSignals.inc({ outcome: 'delivered' });
    } catch (error) {
      if (isWorthAnotherTry(batch, error)) throw error;
      logger.error(
        { err: error, workflowId: batch.workflowId, events: batch.items.length },
        'dispatch parks events',
      );
      metrics.dispatchSignals.inc({ outcome: 'parked' });
      await park(batch.items.map((item) => parkedItemOf(item, error)));
    }
    tries.delete(batch.workflowId);
    finish(batch.items);
    rest(batch);
  };

  /** What comes for the same incident in the next moment goes with one signal: its saga has been told the first news. */
  const rest = ({ workflowId, isFull }: IncidentBatch): void => {
    const goOn = () => {
      queue.done(workflowId);
      pump();
    };
    const restMs = isFull ? 0 : rests.next(workflowId);
    setTimeout(goOn, restMs).unref();
  };

  /** A part that is away holds up everything; whatever else is wrong holds up its own incident alone. */
  const postpone = (batch: IncidentBatch, error: unknown): void => {
    metrics.dispatchSignals.inc({ outcome: 'postponed' });
    if (isAway(error)) {
      finish(queue.putBack(batch));
      hold(error);
      return;
    }
    const failed = tries.get(batch.workflowId) ?? 1;
    logger.warn({ err: error, lane, workflowId: batch.workflowId, failed }, 'dispatch of an incident failed');
    const again = () => {
      finish(queue.putBack(batch));
      pump();
    };
    setTimeout(again, Math.min(maxRetryMs, firstRetryMs * 2 ** failed)).unref();
  };

  const isWorthAnotherTry = ({ workflowId }: IncidentBatch, error: unknown): boolean => {
    if (isAway(error)) return true;
    const failed = (tries.get(workflowId) ?? 0) + 1;
    tries.set(workflowId, failed);
    return failed < maxTries;
  };

  const readIfBehind = (): void => {
    if (isReading || !feed.isBehind() || queue.size() > limits.maxPendingDispatch / 2) return;
    isReading = true;
    feed
      .readOn()
      .catch(hold)
      .finally(() => {
        isReading = false;
        pump();
      });
  };

  /** What is critical never waits for an engine that is busy with lesser news. */
  const maxInFlight = (): number =>
    limits.maxDispatchInFlight + (queue.isNextCritical() ? limits.maxCriticalInFlight : 0);

  const pump = (): void => {
    if (isClosed || pacer.isHeld()) return;
    readIfBehind();
    while (inFlight < maxInFlight() && !pacer.isHeld()) {
      const batch = queue.take();
      if (batch === undefined) return;
      inFlight += 1;
      deliver(batch)
        .catch((error: unknown) => postpone(batch, error))
        .finally(() => {
          inFlight -= 1;
          pump();
        });
    }
  };

  const saveCheckpoint = async (): Promise<void> => {
    const checkpoint = progress.checkpoint();
    if (checkpoint === savedCheckpoint) return;
    await ledger.writeCheckpoint(lane, checkpoint);
    savedCheckpoint = checkpoint;
  };

  const timer = setInterval(() => {
    saveCheckpoint().catch((error: unknown) => logger.warn({ err: error, lane }, 'checkpoint not saved'));
    pump();
  }, checkpointEveryMs).unref();
  pump();

  return {
    offer(events) {
      feed.offer(events);
      pump();
    },
    backlog: () => ({ events: progress.open() + feed.behindBy(), oldestAgeMs: progress.oldestAgeMs() }),
    isDrained: () => !feed.isBehind() && !isReading && progress.open() === 0,
    async close() {
      isClosed = true;
      clearInterval(timer);
      const deadline = now() + closeTimeoutMs;
      while (inFlight > 0 && now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
      await saveCheckpoint();
    },
  };
}

/** After downtime tocsin looks again rather than replays: what has ended meanwhile pages nobody. */
async function notNeeded(
  deps: DispatcherDeps,
  items: readonly DispatchItem[],
): Promise<ReadonlySet<DispatchItem>> {
  const fired = items.filter(({ reference }) => reference.kind === 'fired');
  if (fired.length === 0) return new Set();
  const needed = await deps.stillNeeded(fired);
  const skipped = fired.filter((item) => !needed.has(item));
  deps.metrics.dispatchSignals.inc({ outcome: 'not_needed' }, skipped.length);
  return new Set(skipped);
}

function parkedItemOf(
  { stream, version, reference }: DispatchItem,
  error: unknown,
): Omit<ParkedItem, 'lane'> {
  const reason = error instanceof Error ? error.message : String(error);
  return { position: reference.position, stream, version, reason };
}
