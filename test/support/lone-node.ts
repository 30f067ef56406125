import type { AlertEvent } from '../../domain/events/alert-events.ts';
import { alertStreamOf } from '../../domain/ids.ts';
import { type AlertHeads, headsFromLog, noHead } from '../../ingest/alert-head.ts';
import { createKnownHeads } from '../../ingest/known-heads.ts';
import { listAlertStreams } from '../../store/alert-streams.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { createEventLog } from '../../store/event-log.ts';
import { type LaneWriter, openLaneWriter } from '../../store/lane-writer.ts';
import { createLoneLease, type LoneLease } from '../../store/lone-lease.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { quietLogger } from './quiet-logger.ts';

/** The part of a server that decides: its lane, its lease and its heads. */
export interface LoneNode extends AsyncDisposable {
  readonly writer: LaneWriter;
  readonly lease: LoneLease;
  readonly heads: AlertHeads;
  /** Streams that were read from the log, and not from memory, since the last call. */
  takeAsked(): string[];
  /** Reads the head and appends after it. Throws when another writer was faster. */
  write(event: AlertEvent): Promise<number>;
  versionOf(event: AlertEvent): Promise<number>;
}

export interface LoneNodeOptions {
  readonly url: string;
  /** Changes what the lease sees of the database. */
  readonly around?: (database: Database) => Database;
  readonly now?: () => number;
}

export async function openLoneNode({
  url,
  around = (it) => it,
  now = Date.now,
}: LoneNodeOptions): Promise<LoneNode> {
  const logger = quietLogger();
  const metrics = createMetrics();
  const database = openDatabase({ url, logger, applicationName: 'lone-node', maxConnections: 3 });
  let lease: LoneLease | undefined;
  const lane = { url, kind: 'ingest', owner: 'lone-node', path: 'copy' } as const;
  const loneGeneration = () => lease?.generation();
  const writer = await openLaneWriter({ ...lane, logger, metrics, now, loneGeneration });
  lease = createLoneLease({ database: around(database), lanes: [writer], logger, now });
  const fromLog = headsFromLog({ log: createEventLog(database), logger, metrics });
  const asked: string[] = [];
  const heads = createKnownHeads({
    fromLog: {
      ...fromLog,
      read: (streams) => {
        asked.push(...streams);
        return fromLog.read(streams);
      },
    },
    lease,
    listStreams: (page) => listAlertStreams(database, page),
    logger,
  });
  writer.onCommitted((events) => heads.wrote(events));
  const versionOf = async (event: AlertEvent) => {
    const stream = alertStreamOf(event.data.alert);
    return ((await heads.read([stream])).get(stream) ?? noHead).version;
  };
  return {
    writer,
    lease,
    heads,
    takeAsked: () => asked.splice(0),
    versionOf,
    async write(body) {
      const expectedVersion = await versionOf(body);
      const stream = alertStreamOf(body.data.alert);
      const result = await writer.append({ stream, expectedVersion, events: [{ body, metadata: {} }] });
      if (result.kind === 'stale') throw new Error('another writer was faster');
      return expectedVersion + 1;
    },
    async [Symbol.asyncDispose]() {
      await lease?.close();
      await writer.close();
      await database.close();
    },
  };
}
