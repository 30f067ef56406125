import { randomUUID } from 'node:crypto';
import { connectTemporal } from '../client/connect.ts';
import { createEscalationClient } from '../client/escalation-client.ts';
import { createIncidentCommands } from '../client/incident-commands.ts';
import { createProjectionClient } from '../client/projection-client.ts';
import { createTestPageClient } from '../client/test-page-client.ts';
import { createConfigReader, usable } from '../config/active-config.ts';
import { openConfigHolder } from '../config/config-holder.ts';
import { readEnvironment } from '../config/environment.ts';
import { createPolicyDesk } from '../config/policy-desk.ts';
import { startReloadTriggers } from '../config/reload-triggers.ts';
import { targetOf } from '../config/target-of.ts';
import { createRedeliver } from '../dispatch/redeliver.ts';
import { taskQueuesOf } from '../domain/incident/task-queues.ts';
import { limits } from '../domain/limits.ts';
import { inForce } from '../domain/people/stored-override.ts';
import { createOverrideDesk } from '../ingest/override-desk.ts';
import { createRouteExplainer } from '../ingest/route-explainer.ts';
import { readPolicies, registerConfig } from '../store/config-versions.ts';
import { assertDurable, openDatabase } from '../store/database.ts';
import { createEventLog } from '../store/event-log.ts';
import { migrate } from '../store/migrate.ts';
import { readOverrideHeads } from '../store/override-streams.ts';
import { createProcessClock } from '../store/process-clock.ts';
import { readTurns } from '../store/round-robin.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { readVersion } from '../telemetry/version.ts';
import { openRedisTier } from '../views/cache/redis-tier.ts';
import { createQueries } from '../views/queries.ts';
import { createViewCaches } from '../views/view-caches.ts';
import { openAcceptPath } from './accept-path.ts';
import { createApp } from './app.ts';
import { type BackgroundWork, startBackgroundWork } from './background-work.ts';
import { clockLooks } from './clock-looks.ts';
import { createDeliveryDesk } from './delivery-desk.ts';
import { openLaneConsumers } from './lane-consumers.ts';
import { listen } from './listen.ts';
import { createParkedEvents } from './parked-events.ts';
import { createPolicyLookup } from './policy-lookup.ts';
import { createProbes } from './probes.ts';
import { createReadiness } from './readiness.ts';
import { startRetentionWork } from './retention-work.ts';
import { openSlackPresses } from './slack/open-slack-presses.ts';
import { createTestPages } from './test-pages.ts';

/** Runs one server process, HTTP and dispatch, until SIGTERM or SIGINT. */
export async function runServer(env: NodeJS.ProcessEnv): Promise<void> {
  const stopped = Promise.withResolvers<void>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopped.resolve());
  const environment = readEnvironment(env);
  const { databaseUrl: url, redisUrl, temporalAddress: address, temporalNamespace: namespace } = environment;
  const configReader = createConfigReader(env);
  usable(await configReader.read()); // a file that cannot be used is told before anything is waited for
  const logger = createLogger({ process: 'server', level: environment.logLevel });
  const metrics = createMetrics({ processMetrics: true });
  const now = () => Date.now();
  const queues = taskQueuesOf(environment.queuePrefix);

  // closed in reverse: HTTP first, then what decides, then dispatch, then what all of it stands on
  await using open = new AsyncDisposableStack();
  const database = open.adopt(openDatabase({ url, logger, applicationName: 'tocsin-server' }), (it) =>
    it.close(),
  );
  await assertDurable(database);
  await migrate(database);
  const clock = createProcessClock({ now, logger, metrics });
  const log = createEventLog(database, { clock });
  const holder = await openConfigHolder({
    load: configReader.read,
    register: (config) => registerConfig(database, config),
    logger,
    metrics,
    now,
  });
  const config = holder.current;
  open.adopt(startReloadTriggers({ holder, logger, signals: process }), (it) => it.close());

  const redis =
    redisUrl === undefined ? undefined : openRedisTier({ url: redisUrl, prefix: 'tocsin', logger, metrics });
  open.defer(() => redis?.close());
  const caches = createViewCaches({ metrics, redis });
  const temporal = open.adopt(connectTemporal({ address, namespace }), (it) => it.close());
  const projections = open.adopt(createProjectionClient({ client: temporal.client, queues, logger }), (it) =>
    it.close(1_000),
  );
  const wakeProjection = projections.wake;
  const escalations = createEscalationClient(temporal.client, queues);
  const policyOf = createPolicyLookup({
    config,
    readPolicies: (version) => readPolicies(database, version),
    logger,
  });

  let background: BackgroundWork | undefined;
  const shared = { url, database, log, config, logger, metrics, now };
  const path = open.adopt(
    await openAcceptPath({
      ...shared,
      clock,
      version: readVersion(),
      isClockHolder: () => background?.isClockHolder() ?? false,
    }),
    (it) => it.close(),
  );
  const { writer, world, acceptor, quiet } = path;
  writer.onLost(() => stopped.resolve());
  const onAlertsFolded = caches.alertsChanged;
  const consumersDeps = { ...shared, escalations, policyOf, onAlertsFolded };
  const consumers = open.adopt(await openLaneConsumers(consumersDeps, writer.lane), (it) => it.close());
  writer.onCommitted((events) => consumers.accept(events));
  const redeliver = createRedeliver({ log, escalations });
  const looks = clockLooks({
    ...shared,
    escalations,
    redeliver,
    policyOf,
    wakeProjection,
    world,
    acceptor,
    quietRevision: quiet.revision,
  });
  background = open.adopt(
    startBackgroundWork({ ...consumersDeps, ownLane: writer.lane, consumers, looks }),
    (it) => it.close(),
  );

  open.adopt(startRetentionWork({ client: temporal.client, queues, holder, logger }), (it) => it.close());

  const probes = createProbes({ database, writer, temporal, queues, redis, config: holder });
  const limit = { probeTimeoutMs: limits.probeTimeoutMs, reuseMs: limits.probeReuseMs };
  const queries = createQueries({ database, log, caches });
  const commands = createIncidentCommands(temporal.client);
  const slack = open.adopt(openSlackPresses({ config, commands, queries, logger, metrics, now }), (it) =>
    it.close(),
  );
  const overrides = createOverrideDesk({
    writer,
    log,
    readHeads: (query) => readOverrideHeads(database, query),
    people: config,
    logger,
    newId: randomUUID,
    now,
  });
  const app = open.adopt(
    createApp({
      receiver: path.receiver,
      queries,
      commands,
      slack,
      slackSigningSecrets: slack.signingSecrets,
      findTarget: (text) => targetOf(text, config()),
      config: holder,
      explainer: createRouteExplainer({ config, world, now }),
      policies: createPolicyDesk({
        config,
        now,
        store: {
          overrides: async () => inForce(await overrides.list(now() - limits.maxWaitMs)),
          readTurns: (names) => readTurns(database, names),
        },
      }),
      silences: quiet.silences,
      schedules: () => config().schedules,
      overrides,
      deliveries: createDeliveryDesk({ database, log, writer, redeliver, now }),
      testPages: createTestPages({
        config,
        send: createTestPageClient(temporal.client, queues),
        newId: randomUUID,
        now,
      }),
      parked: createParkedEvents({ ...consumersDeps, wakeProjection, onProjected: caches.incidentChanged }),
      readiness: createReadiness({ ...probes, ...limit, now }),
      tokens: environment.token === undefined ? [] : [{ token: environment.token, tenant: 'default' }],
      logger,
      metrics,
      now,
    }),
    (it) => it.close(),
  );
  const bound = await listen(app, config().listen);
  logger.info(
    { host: bound.host, port: bound.port, lane: writer.lane, config: config().version },
    'server listens',
  );
  await stopped.promise;
  logger.info('server stops');
}
