import { TocsinError } from '../domain/errors.ts';
import type { RecordedEvent } from '../domain/events/envelope.ts';
import type { Hlc } from '../domain/hlc.ts';
import { limits } from '../domain/limits.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createAppendQueue } from './append-queue.ts';
import { collectResults } from './collect-results.ts';
import type { AppendPath } from './commit-batch.ts';
import { createLaneListeners } from './lane-listeners.ts';
import { LaneLoop } from './lane-loop.ts';
import { openLaneSession } from './lane-session.ts';
import type { LaneKind } from './lanes.ts';
import type { Generation } from './lone-writing.ts';
import { type AppendRequest, type AppendResult, createPendingAppends } from './pending-append.ts';

export type { AppendRequest, AppendResult } from './pending-append.ts';

export interface LaneWriterOptions {
  readonly url: string;
  readonly kind: LaneKind;
  /** Who holds the lane, for humans: host and process. */
  readonly owner: string;
  /** `copy` is fastest where conflicts are rare, `strict` where they are not. */
  readonly path: AppendPath;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The process's clock, when its event log follows the same one; made from `now` otherwise. */
  readonly clock?: Hlc;
  /** Of the process's own lone lease: taking a lane ends everybody else's. */
  readonly loneGeneration?: () => Generation | undefined;
}

/** The one writer of a lane: it batches what waits, commits it, and keeps the lane over reconnects. */
export interface LaneWriter {
  /** Stays the same for the writer's life; see `onLost`. */
  readonly lane: number;
  /** Rises with every process that takes the lane. */
  readonly epoch: number;
  /**
   * Resolves after the commit. Throws `overloaded`, `shutting_down`, `store_unavailable` (not written within
   * `limits.appendDeadlineMs`), `unknown_outcome` (may or may not have been written) or `version_conflict`.
   * The expected version must have been read from the log: one that the stream never had is not noticed.
   */
  append(request: AppendRequest): Promise<AppendResult>;
  /**
   * Results in the order of the requests. They share one commit as far as they fit into
   * `limits.maxBatchEvents`; a later request for the same stream builds on the earlier one, and is stale with it.
   * When it throws, some of them may have been written.
   */
  appendAll(requests: readonly AppendRequest[]): Promise<AppendResult[]>;
  /** Called in commit order, after the commit and before `append` resolves. */
  onCommitted(listener: (events: readonly RecordedEvent[]) => void): void;
  /** Called once when another process has the lane for good; the writer then refuses everything. */
  onLost(listener: () => void): void;
  isHealthy(): boolean;
  /** Writes what waits, then frees the lane. */
  close(): Promise<void>;
}

/** Takes the lowest free lane of the kind. Throws `store_unavailable` or `unsafe_database`. */
export async function openLaneWriter(options: LaneWriterOptions): Promise<LaneWriter> {
  const session = await openLaneSession(options);
  const { lane, epoch } = session;
  const queue = createAppendQueue();
  const listeners = createLaneListeners(options.logger, lane);
  const loop = new LaneLoop({ ...options, queue, listeners, session });
  options.logger.info({ lane, epoch, kind: options.kind }, 'took a lane');

  const appendAll = async (requests: readonly AppendRequest[]): Promise<AppendResult[]> => {
    loop.assertOpen();
    const { listener, results } = collectResults(requests.length);
    queue.push(createPendingAppends(requests, performance.now() + limits.appendDeadlineMs, listener));
    loop.wake();
    return results;
  };
  return {
    lane,
    epoch,
    appendAll,
    async append(request) {
      const [result] = await appendAll([request]);
      if (result === undefined) throw new TocsinError('internal', { detail: 'an append had no result' });
      return result;
    },
    onCommitted: listeners.onCommitted,
    onLost: listeners.onLost,
    isHealthy: () => loop.isHealthy(),
    close: () => loop.close(),
  };
}
