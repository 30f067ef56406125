import { setTimeout as sleep } from 'node:timers/promises';
import { errorCodeOf } from '../domain/errors.ts';
import type { RecordedEvent } from '../domain/events/envelope.ts';
import { limits } from '../domain/limits.ts';
import type { Database } from '../store/database.ts';
import type { EventLog } from '../store/event-log.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createAlertViewWriter } from './alert-view-writer.ts';

export interface AlertViewFolderOptions {
  readonly database: Database;
  readonly log: EventLog;
  readonly lane: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How long changes of one alert are gathered before its view is written. */
  readonly flushMs?: number;
  /** Called after views are committed, with the tenants they belong to: the place to invalidate caches. */
  readonly onAlertsFolded?: (tenants: readonly string[]) => void | Promise<void>;
}

/** Keeps the alert views of one lane up to date. One per lane that this process owns or drains. */
export interface AlertViewFolder {
  /** Committed events of this lane, in order. Never waits: what memory has no room for is read from the log. */
  accept(events: readonly RecordedEvent[]): void;
  /** The last position whose effect is committed to the views; -1 when there is none. */
  reachedPosition(): number;
  /** Folds everything accepted so far, and all of the log after a start. Throws `store_unavailable`. */
  flush(): Promise<void>;
  /** Stops after the write in progress. What was not folded is read from the log by the lane's next owner. */
  close(): Promise<void>;
}

const maxRetryPauseMs = 5_000;

/**
 * Two ways lead into the views: batches from memory while the folder keeps up, and the log itself after a start or
 * when memory ran full. `isBehind` says that the log has something that memory does not.
 */
export function createAlertViewFolder(options: AlertViewFolderOptions): AlertViewFolder {
  const { log, lane, logger, flushMs = 150 } = options;
  const writer = createAlertViewWriter(options);
  let pending: RecordedEvent[] = [];
  let accepted = -1;
  let isBehind = true;
  let failures = 0;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  function schedule(delayMs: number): void {
    if (isClosed || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      enqueue().catch(() => undefined); // `failed` has dealt with it
    }, delayMs);
    timer.unref();
  }

  /** Passes never overlap; each starts when the one before is done, however that ended. */
  function enqueue(): Promise<void> {
    const next = running.then(pass, pass);
    running = next;
    next.then(settled, failed);
    return next;
  }

  function settled(): void {
    if (failures > 0) logger.info({ lane }, 'alert views are written again');
    failures = 0;
    if (isBehind || pending.length > 0) schedule(flushMs);
  }

  function failed(error: unknown): void {
    if (failures === 0) logger.warn({ lane, code: errorCodeOf(error), err: error }, 'alert views wait');
    failures = Math.min(failures + 1, 16);
    const pauseMs = Math.min(flushMs * 2 ** failures, maxRetryPauseMs);
    schedule(pauseMs * (0.5 + Math.random() / 2));
  }

  async function pass(): Promise<void> {
    if (isClosed) return;
    await writer.start();
    if (isBehind) await catchUp();
    forgetFolded();
    const until = accepted;
    while (!isClosed && !isBehind && writer.position() < until && pending.length > 0) await foldPending();
  }

  async function catchUp(): Promise<void> {
    // whatever is accepted from here on is kept; all that was committed before is in the log by now
    pending = [];
    isBehind = false;
    try {
      await readLog();
    } catch (error) {
      isBehind = true;
      throw error;
    }
  }

  async function readLog(): Promise<void> {
    while (!isClosed) {
      const afterPosition = writer.position();
      const page = await log.readLane(lane, { afterPosition, limit: limits.maxViewBatch });
      if (page.lastPosition <= afterPosition) return;
      await writer.park(page.undecodable);
      await writer.write(page.events, page.lastPosition);
      // leaves the database to others for a moment where much is to be caught up with
      await sleep(1);
    }
    isBehind = true;
  }

  async function foldPending(): Promise<void> {
    const batch = pending.slice(0, limits.maxViewBatch);
    await writer.write(batch, batch.at(-1)?.position ?? -1);
    forgetFolded();
  }

  /** Memory may have been emptied or overtaken by the log meanwhile, so positions decide, not places. */
  function forgetFolded(): void {
    const reached = writer.position();
    const rest = pending.findIndex(({ position }) => position > reached);
    pending = rest === -1 ? [] : pending.slice(rest);
  }

  schedule(0);

  return {
    accept(events) {
      accepted = Math.max(accepted, events.at(-1)?.position ?? -1);
      if (pending.length + events.length > limits.maxPendingAlertViews) {
        pending = [];
        isBehind = true;
      } else {
        pending.push(...events);
      }
      schedule(flushMs);
    },
    reachedPosition: () => writer.position(),
    async flush() {
      const until = accepted;
      do await enqueue();
      while (!isClosed && (isBehind || writer.position() < until));
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await running.catch(() => undefined);
    },
  };
}
