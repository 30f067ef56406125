import { randomBytes } from 'node:crypto';
import type { SourceConfig, TocsinConfig } from '../../config/config.ts';
import { hashKey } from '../../config/source-keys.ts';
import type { Alert } from '../../domain/alert/alert.ts';
import type { AlertCommand } from '../../domain/alert/command.ts';
import { compileRoutes, type RouteConfig, type Router } from '../../domain/route/route.ts';
import { createQuietWorld, type QuietWorld } from '../../domain/suppression/world.ts';
import { type Acceptor, type AcceptResult, createAcceptor } from '../../ingest/acceptor.ts';
import { type AlertHeads, headsFromLog } from '../../ingest/alert-head.ts';
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
  validation: 'lenient',
  resolveTimeoutMs: 300_000,
  processors: [],
};

export function aConfig(router: Router = byTeam()): TocsinConfig {
  return {
    version: 1,
    hash: 'test',
    listen: { host: '127.0.0.1', port: 0 },
    publicUrl: 'http://127.0.0.1:8080',
    sources: [prometheus],
    router,
    quiet: { inhibit: [], suppress: [], flapping: [] },
    admission: {},
    retention: {},
    policies: new Map(),
    channels: new Map(),
    users: new Map(),
    schedules: new Map(),
    timeIntervals: new Map(),
    outbound: { allowPrivate: [] },
  };
}

/** One incident for each value of the label `team`. */
export function byTeam(): Router {
  return compileRoutes([aRoute({ name: 'all', groupBy: ['team'] })]);
}

export function aRoute(changes: Partial<RouteConfig> = {}): RouteConfig {
  const plain = { match: [], groupBy: [], policy: 'default', groupWaitMs: 0, continue: false };
  return { ...plain, mute: [], active: [], routes: [], ...changes };
}

/** Requests under one and the same configuration may share a batch. */
const plainConfig = aConfig();

/** One process's ingest: a lane, its reader and its acceptor. */
export interface IngestNode extends AsyncDisposable {
  readonly acceptor: Acceptor;
  readonly world: QuietWorld;
  /** Under the configuration in force. */
  accept(commands: readonly AlertCommand[]): Promise<AcceptResult>;
  readonly writer: LaneWriter;
  readonly log: EventLog;
  readonly metrics: Metrics;
}

export interface IngestNodeOptions {
  readonly config?: () => TocsinConfig;
  readonly heads?: (log: EventLog) => AlertHeads;
  readonly now?: () => number;
  /** Stands between the acceptor and its lane. */
  readonly around?: (writer: LaneWriter) => LaneWriter;
}

export async function openIngestNode(url: string, options: IngestNodeOptions = {}): Promise<IngestNode> {
  const { config = () => plainConfig, now = Date.now, around = (writer) => writer } = options;
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
  const world = createQuietWorld();
  const heads = options.heads?.(log) ?? headsFromLog({ log, logger, metrics });
  const acceptor = createAcceptor({ writer: around(writer), heads, world, metrics, logger, now });
  return {
    acceptor,
    world,
    accept: (commands) =>
      acceptor.accept({
        commands: commands.map((command, index) => ({ index, command })),
        config: config(),
        metadata: { requestId: 'request-1', actor: 'prometheus', via: 'source' },
      }),
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

export function observationOf(alert: Alert): AlertCommand {
  return { kind: 'observe', alert };
}

/** What `Acceptor.accept` takes, from alerts alone. */
export function aRequest(...alerts: Alert[]) {
  return {
    commands: alerts.map((alert, index) => ({ index, command: observationOf(alert) })),
    config: plainConfig,
    metadata: { requestId: 'request-1', actor: 'prometheus', via: 'source' },
  };
}
