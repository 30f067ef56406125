import { hostname } from 'node:os';
import { NativeConnection, Runtime } from '@temporalio/worker';
import { connectTemporal, temporalConnectionOptions } from '../client/connect.ts';
import { createProjectionClient } from '../client/projection-client.ts';
import { createConfigReader, usable } from '../config/active-config.ts';
import { openConfigHolder } from '../config/config-holder.ts';
import { readEnvironment } from '../config/environment.ts';
import { startReloadTriggers } from '../config/reload-triggers.ts';
import { providers } from '../domain/channel/channel.ts';
import { taskQueuesOf } from '../domain/incident/task-queues.ts';
import { registerConfig } from '../store/config-versions.ts';
import { assertDurable, openDatabase } from '../store/database.ts';
import { createEventLog } from '../store/event-log.ts';
import { openLaneWriter } from '../store/lane-writer.ts';
import { migrate } from '../store/migrate.ts';
import { createProcessClock } from '../store/process-clock.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { openRedisTier } from '../views/cache/redis-tier.ts';
import { createViewCaches } from '../views/view-caches.ts';
import { bundleWorkflows } from './bundle.ts';
import { createChannelNotifiers } from './channel-notifiers.ts';
import { createActivities } from './create-activities.ts';
import { createWorkers } from './create-workers.ts';
import { createDirectory } from './directory.ts';
import { openDeliveryGuard } from './open-delivery-guard.ts';
import { serveMetrics } from './serve-metrics.ts';
import { createTemporalLogger } from './temporal-logger.ts';

/** Runs one worker process until SIGTERM or SIGINT, which Temporal's runtime turns into an orderly shutdown. */
export async function runWorker(env: NodeJS.ProcessEnv): Promise<void> {
  const environment = readEnvironment(env);
  const { databaseUrl: url, redisUrl, temporalAddress: address, temporalNamespace: namespace } = environment;
  const configReader = createConfigReader(env);
  usable(await configReader.read()); // a file that cannot be used is told before anything is waited for
  const logger = createLogger({ process: 'worker', level: environment.logLevel });
  const metrics = createMetrics({ processMetrics: true });
  const now = () => Date.now();
  const clock = createProcessClock({ now, logger, metrics });
  const queues = taskQueuesOf(environment.queuePrefix);
  Runtime.install({ shutdownSignals: ['SIGTERM', 'SIGINT'], logger: createTemporalLogger(logger) });

  // closed in reverse: workers are done by then, so nobody needs what goes first
  await using open = new AsyncDisposableStack();
  const database = open.adopt(openDatabase({ url, logger, applicationName: 'tocsin-worker' }), (it) =>
    it.close(),
  );
  await assertDurable(database);
  await migrate(database);
  const lane = { url, kind: 'record', owner: `${hostname()}:${process.pid}`, path: 'strict' } as const;
  const writer = open.adopt(await openLaneWriter({ ...lane, logger, metrics, now, clock }), (it) =>
    it.close(),
  );
  writer.onLost(() => process.kill(process.pid, 'SIGTERM'));
  const redis =
    redisUrl === undefined ? undefined : openRedisTier({ url: redisUrl, prefix: 'tocsin', logger, metrics });
  open.defer(() => redis?.close());
  const caches = createViewCaches({ metrics, redis });
  const temporal = open.adopt(connectTemporal({ address, namespace }), (it) => it.close());
  const projections = open.adopt(createProjectionClient({ client: temporal.client, queues, logger }), (it) =>
    it.close(5_000),
  );
  const holder = await openConfigHolder({
    load: configReader.read,
    register: (config) => registerConfig(database, config),
    logger,
    metrics,
    now,
  });
  open.adopt(startReloadTriggers({ holder, logger, signals: process }), (it) => it.close());
  const write = (line: string) => void process.stdout.write(`${line}\n`);
  const notifiers = open.adopt(createChannelNotifiers({ holder, logger, write, now }), (it) => it.close());
  const guard = open.adopt(openDeliveryGuard({ redisUrl, prefix: 'tocsin', logger, metrics, now }), (it) =>
    it.close(),
  );
  const activities = createActivities({
    database,
    log: createEventLog(database, { clock }),
    writer,
    metrics,
    logger,
    now,
    notifierOf: notifiers.notifierOf,
    guard,
    resolve: createDirectory({ database, config: holder.current, logger, now }).resolve,
    wakeProjection: projections.wake,
    onProjected: caches.incidentChanged,
  });
  const connection = open.adopt(
    await NativeConnection.connect(temporalConnectionOptions({ address })),
    (it) => it.close(),
  );
  const workers = await createWorkers({
    connection,
    namespace: temporal.namespace,
    queues,
    workflowBundle: await bundleWorkflows(),
    activities,
    providers,
    ...(environment.workerBuild !== undefined && { build: environment.workerBuild }),
  });
  if (environment.metricsListen !== undefined) {
    open.adopt(await serveMetrics(environment.metricsListen, metrics), (it) => it.close());
  }
  logger.info({ lane: writer.lane, queue: queues.sagas }, 'worker runs');
  await Promise.all(workers.map((worker) => worker.run()));
}
