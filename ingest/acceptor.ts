import type { SourceConfig, TocsinConfig } from '../config/config.ts';
import type { DropReason } from '../domain/alert/decide.ts';
import { errorCodeOf, errorDefinitions, TocsinError } from '../domain/errors.ts';
import type { EventMetadata } from '../domain/events/envelope.ts';
import type { LanePositions } from '../domain/events/incident-events.ts';
import { limits } from '../domain/limits.ts';
import type { ParsedAlert } from '../sources/source.ts';
import type { EventLog } from '../store/event-log.ts';
import type { LaneWriter } from '../store/lane-writer.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { commitBatch, type Verdict } from './commit-batch.ts';
import type { Observation } from './decide-stream.ts';
import { createRepeatCounter, type DueRepeats } from './repeats.ts';
import { writeRepeats } from './write-repeats.ts';

export interface AcceptorOptions {
  readonly writer: LaneWriter;
  readonly log: Pick<EventLog, 'readHeads' | 'readStream'>;
  /** The configuration in force; each batch asks once. */
  readonly config: () => Pick<TocsinConfig, 'version' | 'router'>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How long unchanged repeats are only counted. */
  readonly repeatFlushMs?: number;
}

export interface AcceptRequest {
  readonly source: Pick<SourceConfig, 'name'>;
  readonly alerts: readonly ParsedAlert[];
  /** Who asked; actor and way in are added. */
  readonly metadata: Pick<EventMetadata, 'requestId' | 'traceparent'>;
}

export interface AcceptResult {
  readonly accepted: number;
  readonly duplicates: number;
  readonly dropped: readonly { readonly index: number; readonly reason: DropReason }[];
  /** The last event of each lane that these alerts made. */
  readonly positions: LanePositions;
}

/** The one way of alerts into the log, for one lane. */
export interface Acceptor {
  /**
   * Answers once everything is on disk. Throws `overloaded`, `shutting_down`, `version_conflict`, or what the store
   * throws; then the sender must come back with the whole request, which does no harm.
   */
  accept(request: AcceptRequest): Promise<AcceptResult>;
  /** Alerts that wait or are being written. */
  queued(): number;
  /** Writes what waits, counted repeats included. The writer stays open. */
  close(): Promise<void>;
}

interface Submission {
  readonly indexes: readonly number[];
  readonly observations: readonly Observation[];
  resolve(result: AcceptResult): void;
  reject(error: unknown): void;
}

/** One loop decides and writes; whatever arrives meanwhile is its next batch. */
export function createAcceptor(options: AcceptorOptions): Acceptor {
  const { writer, config, metrics, logger, now, repeatFlushMs } = options;
  const repeats = createRepeatCounter({
    now,
    ...(repeatFlushMs !== undefined && { flushMs: repeatFlushMs }),
  });
  const waiting: Submission[] = [];
  let queued = 0;
  let isClosed = false;
  let isRunning = false;
  let loop = Promise.resolve();
  const timer = setInterval(wake, limits.repeatCheckMs).unref();

  function wake(): void {
    if (isRunning) return;
    isRunning = true;
    loop = run();
  }

  async function run(): Promise<void> {
    let flushedAll = true;
    do {
      const batch = takeBatch(waiting);
      if (batch.length > 0) await settle(batch);
      changeQueued(-countAlerts(batch));
      flushedAll = await flushRepeats(repeats.takeDue());
    } while (waiting.length > 0 || !flushedAll);
    // In the same turn as the check above: a request that arrives now wakes a new run.
    isRunning = false;
  }

  /** Never rejects: each request is told on its own. */
  async function settle(batch: readonly Submission[]): Promise<void> {
    try {
      const observations = batch.flatMap((submission) => submission.observations);
      const verdicts = await commitBatch(observations, { ...options, config: config(), repeats });
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
  async function flushRepeats(due: readonly DueRepeats[]): Promise<boolean> {
    if (due.length === 0) return true;
    try {
      await writeRepeats(due, options);
      return due.length < limits.maxBatchEvents;
    } catch (error) {
      logger.warn({ code: errorCodeOf(error), streams: due.length }, 'counted repeats were not written');
      for (const { stream, startsAt, count } of due) repeats.keep(stream, { startsAt, count });
      return true;
    }
  }

  function changeQueued(by: number): void {
    queued += by;
    metrics.ingestQueued.set(queued);
  }

  return {
    async accept({ source, alerts, metadata }) {
      if (isClosed) throw new TocsinError('shutting_down');
      if (queued + alerts.length > limits.maxQueuedAlerts) {
        throw new TocsinError('overloaded', { retryAfterMs: limits.overloadedRetryAfterMs });
      }
      const stamped: EventMetadata = { ...metadata, actor: source.name, via: 'source' };
      const observations = alerts.map(({ alert }) => ({ alert, metadata: stamped }));
      const indexes = alerts.map(({ index }) => index);
      changeQueued(alerts.length);
      return await new Promise((resolve, reject) => {
        waiting.push({ indexes, observations, resolve, reject });
        wake();
      });
    },

    queued: () => queued,

    async close() {
      if (isClosed) return;
      isClosed = true;
      clearInterval(timer);
      await loop;
      if (!writer.isHealthy()) return;
      while (!(await flushRepeats(repeats.takeDue({ all: true }))));
    },
  };
}

/** As much as fits one commit, and at least one request. */
function takeBatch(waiting: Submission[]): Submission[] {
  let alerts = 0;
  let count = 0;
  for (const { observations } of waiting) {
    alerts += observations.length;
    if (count > 0 && alerts > limits.maxBatchEvents) break;
    count += 1;
  }
  return waiting.splice(0, count);
}

function countAlerts(batch: readonly Submission[]): number {
  return batch.reduce((sum, { observations }) => sum + observations.length, 0);
}

interface Answers {
  readonly verdicts: ReadonlyMap<Observation, Verdict>;
  readonly lane: number;
}

function answer({ observations, indexes, resolve, reject }: Submission, { verdicts, lane }: Answers): void {
  const dropped: { index: number; reason: DropReason }[] = [];
  const count = { accepted: 0, duplicate: 0 };
  let position = -1;
  for (const [at, observation] of observations.entries()) {
    const verdict = verdicts.get(observation);
    if (verdict === undefined) throw new TocsinError('internal', { detail: 'an alert was left unanswered' });
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
