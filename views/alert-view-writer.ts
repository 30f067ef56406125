import type { RecordedEvent } from '../domain/events/envelope.ts';
import type { Database } from '../store/database.ts';
import type { UndecodableEvent } from '../store/event-log.ts';
import { parkEvent } from '../store/parked-events.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type FoldedAlert, foldAlerts } from './alert-view-row.ts';
import { copyAlertViews, readAlertViewProgress, writeAlertViews } from './alert-view-table.ts';

const consumer = 'alert-views';

interface AlertViewWriterOptions {
  readonly database: Database;
  readonly lane: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly now: () => number;
  readonly onAlertsFolded?: (tenants: readonly string[]) => void | Promise<void>;
}

export interface AlertViewWriter {
  /** Reads where the lane's last owner stopped; does nothing the second time. */
  start(): Promise<void>;
  position(): number;
  /** Writes the views of `events` and moves the lane to `position`, together. */
  write(events: readonly RecordedEvent[], position: number): Promise<void>;
  /** Sets aside what could not be decoded, so that it is found again and blocks nothing. */
  park(events: readonly UndecodableEvent[]): Promise<void>;
}

/** Fewer new alerts than this go with the others: a second statement would cost more than it saves. */
const minCopyRows = 32;

/** Writes one lane's share of the alert views; a row that PostgreSQL refuses is parked alone. */
export function createAlertViewWriter(options: AlertViewWriterOptions): AlertViewWriter {
  const { database, lane, logger, metrics, now, onAlertsFolded } = options;
  let reached: number | undefined;

  async function parkOne(event: Omit<UndecodableEvent, 'type' | 'schemaVersion'>): Promise<void> {
    const { position, stream, version, reason } = event;
    if (!(await parkEvent(database, { consumer, lane, position, stream, version, reason }))) return;
    metrics.eventsParked.inc({ consumer });
    logger.error({ lane, position, stream, version, reason }, 'parked an event that has no view');
  }

  async function writeSingly(folded: readonly FoldedAlert[]): Promise<void> {
    for (const { row, position } of folded) {
      try {
        // the lane's progress stays where it is until all of them are done
        await writeAlertViews(database, [row], { lane, position: reached ?? -1 });
      } catch (error) {
        if (!isRefusal(error)) throw error;
        const reason = error instanceof Error ? error.message : 'refused by the database';
        await parkOne({ lane, position, stream: row.stream_id, version: row.version, reason });
      }
    }
  }

  /** What is new by COPY, at half the cost for the database; the rest, and whatever that refuses, row by row guarded. */
  async function writeAll(folded: readonly FoldedAlert[], position: number): Promise<void> {
    const added = folded.filter(({ isNew }) => isNew).map(({ row }) => row);
    const rows = folded.map(({ row }) => row);
    if (added.length < minCopyRows) return writeAlertViews(database, rows, { lane, position });
    const changed = folded.filter(({ isNew }) => !isNew).map(({ row }) => row);
    // Progress moves with the second of the two: what a crash between them leaves is folded again.
    if (changed.length > 0) await writeAlertViews(database, changed, { lane, position: reached ?? -1 });
    try {
      await copyAlertViews(database, added, { lane, position });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await writeAlertViews(database, added, { lane, position });
    }
  }

  return {
    async start() {
      reached ??= await readAlertViewProgress(database, lane);
    },
    position: () => reached ?? -1,
    async write(events, position) {
      const folded = foldAlerts(events);
      const rows = folded.map(({ row }) => row);
      try {
        await writeAll(folded, position);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        await writeSingly(folded);
        await writeAlertViews(database, [], { lane, position });
      }
      reached = Math.max(reached ?? -1, position);
      observeLag(metrics, events[0], now());
      if (rows.length > 0) await onAlertsFolded?.([...new Set(rows.map(({ tenant }) => tenant))]);
    },
    async park(events) {
      for (const event of events) await parkOne(event);
    },
  };
}

/** SQLSTATE classes 22 and 23: the data is wrong, and would be wrong the next time too. */
function isRefusal(error: unknown): boolean {
  const state = (error as { code?: unknown } | null)?.code;
  return typeof state === 'string' && /^2[23][0-9A-Z]{3}$/.test(state);
}

function observeLag(metrics: Metrics, oldest: RecordedEvent | undefined, nowMs: number): void {
  if (oldest === undefined) return;
  const recordedMs = Number(BigInt(oldest.hlc) >> 16n);
  metrics.projectionLagSeconds.observe({ view: 'alert' }, Math.max(0, nowMs - recordedMs) / 1_000);
}
