import { setTimeout as delay } from 'node:timers/promises';
import { TocsinError } from '../domain/errors.ts';
import { createHlc, type Hlc } from '../domain/hlc.ts';
import { limits } from '../domain/limits.ts';
import { unreachable } from '../domain/never.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type AppendBatch, type BatchEntry, prepareBatch } from './append-batch.ts';
import type { AppendQueue } from './append-queue.ts';
import { reconnectDelayMs } from './backoff.ts';
import { type AppendPath, type CommitOutcome, commitBatch } from './commit-batch.ts';
import type { DedicatedClient } from './dedicated-client.ts';
import type { LaneListeners } from './lane-listeners.ts';
import {
  closeLaneSession,
  type LaneSession,
  type LaneSessionOptions,
  reopenLaneSession,
} from './lane-session.ts';
import type { PendingAppend } from './pending-append.ts';
import { findWritten } from './written-entries.ts';

export interface LaneLoopOptions extends LaneSessionOptions {
  readonly path: AppendPath;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly now: () => number;
  readonly clock?: Hlc;
  readonly queue: AppendQueue;
  readonly listeners: LaneListeners;
  readonly session: LaneSession;
}

const expiryCheckMs = 100;

/**
 * One commit at a time, each of everything that waits. The states:
 *
 * - open: connected or reconnecting; what waits too long for either fails with `store_unavailable`.
 * - closing: the same, but nothing new comes in and the loop ends when nothing is left.
 * - closed, lost: nothing is written any more.
 *
 * A batch whose connection died is undecided. Nothing else is written until the lane has been taken again, and
 * with that the old session has ended, and the log has said which of its events are there.
 */
export class LaneLoop {
  readonly #options: LaneLoopOptions;
  readonly #queue: AppendQueue;
  readonly #hlc: Hlc;
  readonly #listeners: LaneListeners;
  readonly #expiryTimer: NodeJS.Timeout;
  readonly #ended: Promise<void>;
  #state: 'open' | 'closing' | 'closed' | 'lost' = 'open';
  #session: LaneSession;
  #nextPosition = 0;
  #undecided: AppendBatch | undefined;
  /** Out of the queue, not settled yet. */
  #taken: readonly PendingAppend[] = [];
  #failuresInARow = 0;
  #busySinceMs: number | undefined;
  #wakeUp = () => {};

  constructor(options: LaneLoopOptions) {
    this.#options = options;
    this.#queue = options.queue;
    this.#listeners = options.listeners;
    this.#hlc = options.clock ?? createHlc(options.now);
    this.#session = options.session;
    this.#adopt(options.session);
    this.#expiryTimer = setInterval(() => this.#expire(), expiryCheckMs).unref();
    this.#ended = this.#run().catch((error: unknown) => this.#lose(error));
  }

  isHealthy(): boolean {
    return this.#state === 'open' && this.#session.connection.isOpen();
  }

  assertOpen(): void {
    if (this.#state === 'open') return;
    if (this.#state === 'lost') throw laneIsLost();
    throw new TocsinError('shutting_down');
  }

  wake(): void {
    this.#wakeUp();
  }

  async close(): Promise<void> {
    if (this.#state === 'open') this.#state = 'closing';
    this.wake();
    await this.#ended;
    clearInterval(this.#expiryTimer);
    if (this.#state === 'closing') {
      this.#state = 'closed';
      await closeLaneSession(this.#session);
    }
  }

  async #run(): Promise<void> {
    while (this.#state !== 'lost') {
      if (this.#state === 'closing' && this.#nobodyWaits()) return;
      if (!this.#session.connection.isOpen()) {
        await this.#reconnect();
      } else if (this.#queue.isEmpty()) {
        await this.#nextWakeUp();
      } else {
        await this.#write(this.#queue.take());
      }
    }
  }

  #nobodyWaits(): boolean {
    return this.#queue.isEmpty() && this.#taken.every((pending) => pending.isSettled());
  }

  #nextWakeUp(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wakeUp = resolve;
    return promise;
  }

  async #write(pendings: readonly PendingAppend[]): Promise<void> {
    this.#taken = pendings;
    const work = [pendings];
    for (let next = work.shift(); next !== undefined; next = work.shift()) {
      const batch = this.#prepare(next.filter((pending) => !pending.isSettled()));
      for (const orphan of batch.orphaned) orphan.settle({ kind: 'stale' });
      if (batch.entries.length === 0) continue;
      if (batch.heldOver.length > 0) work.unshift(batch.heldOver);
      const outcome = await this.#commit(batch);
      if (outcome.kind === 'undecided') {
        await this.#doubt(batch, outcome.cause);
        this.#queue.putBack(work.flat().filter((pending) => !pending.isSettled()));
        return;
      }
      work.unshift(...this.#settle(batch, outcome));
    }
    this.#taken = [];
  }

  #prepare(pendings: readonly PendingAppend[]): AppendBatch {
    const batch = prepareBatch(pendings, {
      lane: this.#session.lane,
      firstPosition: this.#nextPosition,
      hlc: this.#hlc,
      nowMs: this.#options.now(),
    });
    // Used up even when the commit fails: a hole costs nothing, a position used twice would.
    this.#nextPosition = batch.nextPosition;
    return batch;
  }

  async #commit(batch: AppendBatch): Promise<CommitOutcome> {
    const startedMs = performance.now();
    const outcome = await commitBatch(this.#session.connection.client, batch, this.#options.path);
    if (outcome.kind !== 'committed') return outcome;
    this.#failuresInARow = 0;
    const { metrics } = this.#options;
    const events = batch.entries.reduce((sum, entry) => sum + entry.events.length, 0);
    metrics.appendSeconds.observe({ path: outcome.path }, (performance.now() - startedMs) / 1_000);
    metrics.appendEvents.observe({ path: outcome.path }, events);
    return outcome;
  }

  /** Answers what is to be tried again, in parts. */
  #settle(
    batch: AppendBatch,
    outcome: Exclude<CommitOutcome, { kind: 'undecided' }>,
  ): (readonly PendingAppend[])[] {
    const pendings = batch.entries.map(({ pending }) => pending);
    switch (outcome.kind) {
      case 'committed':
        this.#publish(batch.entries.filter(({ pending }) => !outcome.staleStreams.has(pending.stream)));
        for (const pending of pendings) pending.settle({ kind: 'stale' });
        return [];
      case 'contended':
        failAll(pendings, () => new TocsinError('version_conflict', { cause: outcome.cause }));
        return [];
      case 'refused':
        return this.#isolate(pendings, outcome.cause);
      default:
        return unreachable(outcome);
    }
  }

  /** One unacceptable event must not fail its neighbours, so the batch is halved until it stands alone. */
  #isolate(pendings: readonly PendingAppend[], cause: unknown): (readonly PendingAppend[])[] {
    if (pendings.length > 1) {
      const middle = Math.ceil(pendings.length / 2);
      return [pendings.slice(0, middle), pendings.slice(middle)];
    }
    this.#options.logger.error({ err: cause, lane: this.#session.lane }, 'the database refused an event');
    failAll(pendings, () => new TocsinError('internal', { detail: 'the database refused an event', cause }));
    return [];
  }

  #publish(entries: readonly BatchEntry[]): void {
    const events = entries.flatMap((entry) => entry.events);
    if (events.length > 0) this.#listeners.committed(events);
    for (const entry of entries) entry.pending.settle({ kind: 'appended', events: entry.events });
  }

  async #doubt(batch: AppendBatch, cause: unknown): Promise<void> {
    this.#undecided = batch;
    this.#taken = batch.entries.map(({ pending }) => pending);
    this.#options.logger.warn({ err: cause, lane: batch.lane }, 'the outcome of a commit is not known');
    await this.#session.connection.close();
  }

  async #reconnect(): Promise<void> {
    const attempt = this.#failuresInARow;
    this.#failuresInARow += 1;
    if (attempt > 0) await delay(reconnectDelayMs(attempt));
    const { lane } = this.#session;
    try {
      await this.#reopen();
    } catch (error) {
      this.#busySinceMs = undefined;
      // The first failure and then about every tenth second: an outage may be long.
      if (attempt % 10 === 0) this.#options.logger.warn({ err: error, lane }, 'the lane has no connection');
    }
  }

  async #reopen(): Promise<void> {
    await this.#session.connection.close();
    const reopened = await reopenLaneSession(this.#options, this.#session);
    switch (reopened.kind) {
      case 'held':
        await this.#decide(reopened.session.connection);
        this.#adopt(reopened.session);
        this.#options.logger.info({ lane: this.#session.lane }, 'the lane is connected again');
        return;
      case 'busy':
        this.#busySinceMs ??= performance.now();
        if (performance.now() - this.#busySinceMs > limits.laneRetakeMs) this.#lose(laneIsLost());
        return;
      case 'lost':
        // The lock was free at some time, so our old session has ended and the log has the last word.
        await this.#decide(reopened.connection);
        await reopened.connection.close();
        this.#lose(laneIsLost());
        return;
      default:
        unreachable(reopened);
    }
  }

  #adopt(session: LaneSession): void {
    this.#session = session;
    this.#busySinceMs = undefined;
    this.#nextPosition = Math.max(this.#nextPosition, session.lastPosition + 1);
    if (session.lastHlc !== undefined && this.#hlc.observe(session.lastHlc).isAhead) {
      this.#options.logger.warn({ lane: session.lane }, 'the lane was last written by a clock far ahead');
    }
    void session.connection.closed.then(() => this.wake());
  }

  /** Settles the batch whose outcome was unknown: what is there is acknowledged, what is not is written again. */
  async #decide(connection: DedicatedClient): Promise<void> {
    const batch = this.#undecided;
    if (batch === undefined) return;
    const written = await findWritten(connection.query, batch).catch(async (error: unknown) => {
      await connection.close();
      throw error;
    });
    this.#undecided = undefined;
    this.#taken = [];
    if (written.size > 0) this.#failuresInARow = 0;
    this.#publish(batch.entries.filter((entry) => written.has(entry)));
    const absent = batch.entries.filter((entry) => !written.has(entry)).map(({ pending }) => pending);
    // Whoever was told that the outcome is unknown may have repeated the request by now.
    this.#queue.putBack(absent.filter((pending) => !pending.isSettled()));
  }

  #expire(): void {
    const nowMs = performance.now();
    failAll(this.#queue.takeExpired(nowMs), () => new TocsinError('store_unavailable'));
    const expired = this.#taken.filter((pending) => pending.deadlineMs <= nowMs && !pending.isSettled());
    failAll(expired, () => new TocsinError('unknown_outcome'));
  }

  #lose(cause: unknown): void {
    this.#state = 'lost';
    this.#options.logger.error({ err: cause, lane: this.#session.lane }, 'the lane is lost');
    failAll(this.#queue.takeAll(), laneIsLost);
    failAll(this.#taken, () => new TocsinError('unknown_outcome'));
    clearInterval(this.#expiryTimer);
    this.#listeners.lost();
    void this.#session.connection.close();
  }
}

function laneIsLost(): TocsinError {
  return new TocsinError('store_unavailable', { detail: 'another process has the lane' });
}

function failAll(pendings: readonly PendingAppend[], error: () => TocsinError): void {
  for (const pending of pendings) pending.fail(error());
}
