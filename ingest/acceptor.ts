import type { TocsinConfig } from '../config/config.ts';
import type { AlertCommand } from '../domain/alert/command.ts';
import type { DropReason } from '../domain/alert/decide.ts';
import { errorCodeOf, errorDefinitions, TocsinError } from '../domain/errors.ts';
import type { EventMetadata } from '../domain/events/envelope.ts';
import type { LanePositions } from '../domain/events/incident-events.ts';
import { limits } from '../domain/limits.ts';
import type { QuietWorld } from '../domain/suppression/world.ts';
import type { LaneWriter } from '../store/lane-writer.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { AlertHeads } from './alert-head.ts';
import { commitBatch, type Verdict } from './commit-batch.ts';
import { createContextOf } from './decide-context.ts';
import type { Instruction } from './decide-stream.ts';
import { createRepeatCounter } from './repeats.ts';
import { createRequestQueue } from './request-queue.ts';
import { createStreamTurns } from './stream-turns.ts';
import { writeRepeats } from './write-repeats.ts';

export interface AcceptorOptions {
  readonly writer: LaneWriter;
  readonly heads: AlertHeads;
  readonly world: QuietWorld;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How long unchanged repeats are only counted. */
  readonly repeatFlushMs?: number;
}

export interface AcceptRequest {
  readonly commands: readonly { readonly index: number; readonly command: AlertCommand }[];
  /** The one configuration under which all of the request is decided. */
  readonly config: TocsinConfig;
  readonly metadata: EventMetadata;
}

export interface AcceptResult {
  readonly accepted: number;
  readonly duplicates: number;
  readonly dropped: readonly { readonly index: number; readonly reason: DropReason }[];
  /** The last event of each lane that these commands made. */
  readonly positions: LanePositions;
}

/** The one way of alerts into the log, for one lane. */
export interface Acceptor {
  /**
   * Answers once everything is on disk. Throws `overloaded`, `shutting_down`, `version_conflict`, or what the store
   * throws; then the sender must come back with the whole request, which does no harm.
   */
  accept(request: AcceptRequest): Promise<AcceptResult>;
  /** Commands that wait or are being decided and written. */
  queued(): number;
  /** Writes what waits, counted repeats included. The writer stays open. */
  close(): Promise<void>;
}

interface Submission {
  readonly indexes: readonly number[];
  readonly instructions: readonly Instruction[];
  readonly config: TocsinConfig;
  resolve(result: AcceptResult): void;
  reject(error: unknown): void;
}

/**
 * While one batch is being committed the next is decided, and whatever arrives meanwhile is the one after. Batches with
 * a stream in common follow each other.
 */
export function createAcceptor(options: AcceptorOptions): Acceptor {
  const { writer, world, metrics, logger, now, repeatFlushMs } = options;
  const repeats = createRepeatCounter({
    now,
    ...(repeatFlushMs !== undefined && { flushMs: repeatFlushMs }),
  });
  const turns = createStreamTurns();
  const waiting = createRequestQueue<Submission>();
  const runs = new Set<Promise<void>>();
  let queued = 0;
  let inFlight = 0;
  let isClosed = false;
  let isFlushing = false;
  let flushing = Promise.resolve();
  const timer = setInterval(flushDue, limits.repeatCheckMs).unref();

  function wake(): void {
    if (inFlight >= limits.maxBatchesInFlight || waiting.size() === 0) return;
    const run = runBatches();
    runs.add(run);
    void run.finally(() => runs.delete(run));
  }

  async function runBatches(): Promise<void> {
    inFlight += 1;
    while (waiting.size() > 0) {
      const batch = waiting.takeBatch();
      await settle(batch);
      changeQueued(-countInstructions(batch));
      flushDue();
    }
    // In the same turn as the check above: a request that arrives now wakes a new run.
    inFlight -= 1;
  }

  function flushDue(): void {
    if (isFlushing) return;
    isFlushing = true;
    flushing = flushAll().finally(() => {
      isFlushing = false;
    });
  }

  async function flushAll(which?: { readonly all: boolean }): Promise<void> {
    while (!(await flushRepeats(repeats.listDue(which))));
  }

  /** Never rejects: each request is told on its own. */
  async function settle(batch: readonly Submission[]): Promise<void> {
    try {
      const [first] = batch;
      if (first === undefined) return;
      const contextOf = createContextOf({ config: first.config, world, nowMs: now() });
      const instructions = batch.flatMap((submission) => submission.instructions);
      const verdicts = await commitBatch(instructions, { ...options, contextOf, repeats, turns });
      for (const submission of batch) answer(submission, { verdicts, lane: writer.lane });
    } catch (error) {
      const code = errorCodeOf(error);
      if (batch.length > 1 && !errorDefinitions[code].retryable) {
        // Something in one request cannot be written, ever: its neighbours must not share that.
        for (const submission of batch) await settle([submission]);
        return;
      }
      logger.error({ code, requests: batch.length, err: error }, 'a batch of alerts was not written');
      for (const submission of batch) submission.reject(error);
    }
  }

  /** Never rejects. False when more may be due. */
  function flushRepeats(streams: readonly string[]): Promise<boolean> {
    return turns.take(streams, async () => {
      const due = repeats.take(streams);
      try {
        await writeRepeats(due, options);
        return streams.length < limits.maxBatchEvents;
      } catch (error) {
        logger.warn({ code: errorCodeOf(error), streams: due.length }, 'counted repeats were not written');
        for (const { stream, ...unwritten } of due) repeats.keep(stream, unwritten);
        return true;
      }
    });
  }

  function changeQueued(by: number): void {
    queued += by;
    metrics.ingestQueued.set(queued);
  }

  return {
    async accept({ commands, config, metadata }) {
      if (isClosed) throw new TocsinError('shutting_down');
      if (queued + commands.length > limits.maxQueuedAlerts) {
        throw new TocsinError('overloaded', { retryAfterMs: limits.overloadedRetryAfterMs });
      }
      const instructions = commands.map(({ command }) => ({ command, metadata }));
      const indexes = commands.map(({ index }) => index);
      changeQueued(commands.length);
      return await new Promise((resolve, reject) => {
        waiting.push({ indexes, instructions, config, resolve, reject });
        wake();
      });
    },

    queued: () => queued,

    async close() {
      if (isClosed) return;
      isClosed = true;
      clearInterval(timer);
      await Promise.all([...runs, flushing]);
      if (writer.isHealthy()) await flushAll({ all: true });
    },
  };
}

function countInstructions(batch: readonly Submission[]): number {
  return batch.reduce((sum, { instructions }) => sum + instructions.length, 0);
}

interface Answers {
  readonly verdicts: ReadonlyMap<Instruction, Verdict>;
  readonly lane: number;
}

function answer({ instructions, indexes, resolve, reject }: Submission, { verdicts, lane }: Answers): void {
  const dropped: { index: number; reason: DropReason }[] = [];
  const count = { accepted: 0, duplicate: 0 };
  let position = -1;
  for (const [at, instruction] of instructions.entries()) {
    const verdict = verdicts.get(instruction);
    if (verdict === undefined) throw new TocsinError('internal', { detail: 'a command was left unanswered' });
    if (verdict.outcome === 'failed') {
      reject(verdict.error);
      return;
    }
    if (verdict.outcome === 'dropped') dropped.push({ index: indexes[at] ?? at, reason: verdict.reason });
    else count[verdict.outcome] += 1;
    position = Math.max(position, verdict.position ?? -1);
  }
  const positions = position < 0 ? {} : { [lane]: position };
  resolve({ accepted: count.accepted, duplicates: count.duplicate, dropped, positions });
}
