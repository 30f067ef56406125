import { randomBytes } from 'node:crypto';
import type { SourceConfig, TocsinConfig } from '../../config/config.ts';
import { hashKey } from '../../config/source-keys.ts';
import type { Alert } from '../../domain/alert/alert.ts';
import { compileRoutes, type Router } from '../../domain/route/route.ts';
import { type Acceptor, createAcceptor } from '../../ingest/acceptor.ts';
import { openDatabase } from '../../store/database.ts';
import { createEventLog, type EventLog } from '../../store/event-log.ts';
import { type LaneWriter, openLaneWriter } from '../../store/lane-writer.ts';
import { migrate } from '../../store/migrate.ts';
import { createMetrics, type Metrics } from '../../telemetry/metrics.ts';
import { quietLogger } from './quiet-logger.ts';

export const prometheusKey = 'a-key-of-the-test-source';
export const prometheus: SourceConfig = {
  name: 'prometheus',
  type: 'alertmanager',
  tenant: 'default',
  keyHash: hashKey(prometheusKey),
};

export function aConfig(router: Router = byTeam()): TocsinConfig {
  return {
    version: 1,
    hash: 'test',
    listen: { host: '127.0.0.1', port: 0 },
    publicUrl: 'http://127.0.0.1:8080',
    sources: [prometheus],
    router,
    policies: new Map(),
    channels: new Map(),
    outbound: { allowPrivate: [] },
  };
}

/** One incident for each value of the label `team`. */
export function byTeam(): Router {
  return compileRoutes([{ name: 'all', match: [], groupBy: ['team'], policy: 'default' }]);
}

/** One process's ingest: a lane, its reader and its acceptor. */
export interface IngestNode extends AsyncDisposable {
  readonly acceptor: Acceptor;
  readonly writer: LaneWriter;
  readonly log: EventLog;
  readonly metrics: Metrics;
}

export interface IngestNodeOptions {
  readonly config?: () => TocsinConfig;
  readonly now?: () => number;
  /** Stands between the acceptor and its lane. */
  readonly around?: (writer: LaneWriter) => LaneWriter;
}

export async function openIngestNode(url: string, options: IngestNodeOptions = {}): Promise<IngestNode> {
  const { config = aConfig, now = Date.now, around = (writer) => writer } = options;
  const metrics = createMetrics();
  const logger = quietLogger();
  const database = openDatabase({ url, logger, applicationName: 'ingest-test' });
  await migrate(database);
  const log = createEventLog(database);
  const writer = await openLaneWriter({
    url,
    kind: 'ingest',
    owner: 'test',
    path: 'copy',
    logger,
    metrics,
    now,
  });
  const acceptor = createAcceptor({
    writer: around(writer),
    log,
    config: () => config(),
    metrics,
    logger,
    now,
  });
  return {
    acceptor,
    writer,
    log,
    metrics,
    async [Symbol.asyncDispose]() {
      await acceptor.close();
      await writer.close();
      await database.close();
    },
  };
}

export function anAlert(changes: Partial<Alert> = {}): Alert {
  return {
    tenant: 'default',
    source: 'prometheus',
    fingerprint: randomBytes(8).toString('hex'),
    status: 'firing',
    severity: 'critical',
    labels: { alertname: 'DiskFull', team: 'core' },
    annotations: {},
    startsAt: '2026-08-01T10:00:00.000Z',
    ...changes,
  };
}

/** What `Acceptor.accept` takes, from alerts alone. */
export function aRequest(...alerts: Alert[]) {
  return {
    source: prometheus,
    alerts: alerts.map((alert, index) => ({ index, alert })),
    metadata: { requestId: 'request-1' },
  };
}
