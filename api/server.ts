import { hostname } from 'node:os';
import { connectTemporal } from '../client/connect.ts';
import { createEscalationClient } from '../client/escalation-client.ts';
import { createIncidentCommands } from '../client/incident-commands.ts';
import { createProjectionClient } from '../client/projection-client.ts';
import { loadActiveConfig } from '../config/active-config.ts';
import { readEnvironment } from '../config/environment.ts';
import { withVersion } from '../config/snapshot.ts';
import { taskQueuesOf } from '../domain/incident/task-queues.ts';
import { limits } from '../domain/limits.ts';
import { createAcceptor } from '../ingest/acceptor.ts';
import { createReceiver } from '../ingest/receive.ts';
import { readPolicies, registerConfig } from '../store/config-versions.ts';
import { assertDurable, openDatabase } from '../store/database.ts';
import { createEventLog } from '../store/event-log.ts';
import { openLaneWriter } from '../store/lane-writer.ts';
import { migrate } from '../store/migrate.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { openRedisTier } from '../views/cache/redis-tier.ts';
import { createQueries } from '../views/queries.ts';
import { createViewCaches } from '../views/view-caches.ts';
import { createApp } from './app.ts';
import { startBackgroundWork } from './background-work.ts';
import { openLaneConsumers } from './lane-consumers.ts';
import { listen } from './listen.ts';
import { createPolicyLookup } from './policy-lookup.ts';
import { createProbes } from './probes.ts';
import { createReadiness } from './readiness.ts';

/** Runs one server process, HTTP and dispatch, until SIGTERM or SIGINT. */
export async function runServer(env: NodeJS.ProcessEnv): Promise<void> {
  const stopped = Promise.withResolvers<void>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopped.resolve());
  const environment = readEnvironment(env);
  const { databaseUrl: url, redisUrl, temporalAddress: address, temporalNamespace: namespace } = environment;
  const { config: loaded } = await loadActiveConfig(env);
  const logger = createLogger({ process: 'server', level: environment.logLevel });
  const metrics = createMetrics({ processMetrics: true });
  const now = () => Date.now();
  const queues = taskQueuesOf(environment.queuePrefix);

  // closed in reverse: HTTP first, then dispatch, then what both stand on
  await using open = new AsyncDisposableStack();
  const database = open.adopt(openDatabase({ url, logger, applicationName: 'tocsin-server' }), (it) =>
    it.close(),
  );
  await assertDurable(database);
  await migrate(database);
  const log = createEventLog(database);
  const policies = Object.fromEntries(loaded.policies);
  const config = withVersion(loaded, await registerConfig(database, { hash: loaded.hash, policies }));
  const redis =
    redisUrl === undefined ? undefined : openRedisTier({ url: redisUrl, prefix: 'tocsin', logger, metrics });
  open.defer(() => redis?.close());
  const caches = createViewCaches({ metrics, redis });
  const temporal = open.adopt(connectTemporal({ address, namespace }), (it) => it.close());
  const projections = open.adopt(createProjectionClient({ client: temporal.client, queues, logger }), (it) =>
    it.close(1_000),
  );
  const escalations = createEscalationClient(temporal.client, queues);
  const policyOf = createPolicyLookup({
    config: () => config,
    readPolicies: (version) => readPolicies(database, version),
    logger,
  });

  const lane = { url, kind: 'ingest', owner: `${hostname()}:${process.pid}`, path: 'copy' } as const;
  const writer = open.adopt(await openLaneWriter({ ...lane, logger, metrics, now }), (it) => it.close());
  writer.onLost(() => stopped.resolve());
  const onAlertsFolded = caches.alertsChanged;
  const consumersDeps = { database, log, escalations, policyOf, metrics, logger, now, onAlertsFolded };
  const consumers = open.adopt(await openLaneConsumers(consumersDeps, writer.lane), (it) => it.close());
  writer.onCommitted((events) => consumers.accept(events));
  const background = {
    ...consumersDeps,
    url,
    ownLane: writer.lane,
    consumers,
    wakeProjection: projections.wake,
  };
  open.adopt(startBackgroundWork(background), (it) => it.close());

  const acceptor = open.adopt(
    createAcceptor({ writer, log, config: () => config, metrics, logger, now }),
    (it) => it.close(),
  );
  const probes = createProbes({ database, writer, temporal, queues, redis });
  const limit = { probeTimeoutMs: limits.probeTimeoutMs, reuseMs: limits.probeReuseMs };
  const app = open.adopt(
    createApp({
      receiver: createReceiver({ config: () => config, acceptor, metrics, logger, now }),
      queries: createQueries({ database, log, caches }),
      commands: createIncidentCommands(temporal.client),
      channels: () => config.channels,
      readiness: createReadiness({ ...probes, ...limit, now }),
      tokens: environment.token === undefined ? [] : [{ token: environment.token, tenant: 'default' }],
      logger,
      metrics,
      now,
    }),
    (it) => it.close(),
  );
  const bound = await listen(app, config.listen);
  logger.info(
    { host: bound.host, port: bound.port, lane: writer.lane, config: config.version },
    'server listens',
  );
  await stopped.promise;
  logger.info('server stops');
}
