import type { AlertEvent } from '../../domain/events/alert-events.ts';
import type { EventBody, RecordedEvent } from '../../domain/events/envelope.ts';
import type { IncidentEvent } from '../../domain/events/incident-events.ts';
import { alertStreamOf } from '../../domain/ids.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { createEventLog, type EventLog } from '../../store/event-log.ts';
import { type LaneWriter, openLaneWriter } from '../../store/lane-writer.ts';
import { migrate } from '../../store/migrate.ts';
import { createMetrics, type Metrics } from '../../telemetry/metrics.ts';
import { type AlertViewFolder, createAlertViewFolder } from '../../views/alert-view-folder.ts';
import { quietLogger } from './quiet-logger.ts';

/** A migrated database with its log, and whatever a test opens on it; all closed with the stage. */
export interface ViewStage extends AsyncDisposable {
  readonly database: Database;
  readonly log: EventLog;
  readonly metrics: Metrics;
  openLane(kind?: 'ingest' | 'record'): Promise<LaneWriter>;
  openFolder(lane: number, changes?: FolderChanges): AlertViewFolder;
}

export interface FolderChanges {
  readonly database?: Database;
  readonly log?: EventLog;
  readonly onAlertsFolded?: (tenants: readonly string[]) => Promise<void>;
}

export async function openViewStage(url: string): Promise<ViewStage> {
  const logger = quietLogger();
  const metrics = createMetrics();
  const database = openDatabase({ url, logger, applicationName: 'view-test' });
  await migrate(database);
  const log = createEventLog(database);
  const opened: { close(): Promise<void> }[] = [];
  return {
    database,
    log,
    metrics,
    async openLane(kind = 'ingest') {
      const lane = { url, kind, owner: 'view-test', path: 'strict' as const, logger, metrics, now: Date.now };
      const writer = await openLaneWriter(lane);
      opened.push(writer);
      return writer;
    },
    openFolder(lane, changes = {}) {
      const base = { database, log, lane, logger, metrics, now: Date.now, flushMs: 20 };
      const folder = createAlertViewFolder({ ...base, ...changes });
      opened.push(folder);
      return folder;
    },
    async [Symbol.asyncDispose]() {
      for (const one of opened.reverse()) await one.close();
      await database.close();
    },
  };
}

/** Appends to the streams of the alerts named, each event after the stream's last one. */
export async function appendAlerts(
  { log }: Pick<ViewStage, 'log'>,
  writer: LaneWriter,
  bodies: readonly AlertEvent[],
): Promise<RecordedEvent[]> {
  const versions = await log.readVersions(bodies.map(({ data }) => alertStreamOf(data.alert)));
  const requests = bodies.map((body) => {
    const stream = alertStreamOf(body.data.alert);
    const expectedVersion = versions.get(stream) ?? -1;
    versions.set(stream, expectedVersion + 1);
    return { stream, expectedVersion, events: [{ body, metadata: { via: 'source' } }] };
  });
  return appended(await writer.appendAll(requests));
}

export async function appendTo(
  writer: LaneWriter,
  stream: string,
  expectedVersion: number,
  bodies: readonly (EventBody | IncidentEvent)[],
): Promise<RecordedEvent[]> {
  const events = bodies.map((body) => ({ body, metadata: { actor: 'saga', via: 'saga' } }));
  return appended([await writer.append({ stream, expectedVersion, events })]);
}

function appended(results: Awaited<ReturnType<LaneWriter['appendAll']>>): RecordedEvent[] {
  return results.flatMap((result) => {
    if (result.kind === 'stale') throw new Error('somebody else wrote to a stream of this test');
    return [...result.events];
  });
}
