import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { inject } from 'vitest';
import type { RecordRequest } from '../../activities/activities.ts';
import { createEscalationClient, type EscalationClient } from '../../client/escalation-client.ts';
import { createIncidentCommands, type IncidentCommandsClient } from '../../client/incident-commands.ts';
import { createProjectionClient } from '../../client/projection-client.ts';
import { alertsSignalOf } from '../../dispatch/alerts-signal.ts';
import { dispatchItemsOf } from '../../dispatch/dispatch-items.ts';
import type { AlertEvent } from '../../domain/events/alert-events.ts';
import type { RecordedEvent } from '../../domain/events/envelope.ts';
import type { IncidentEvent } from '../../domain/events/incident-events.ts';
import { alertStreamOf, incidentIdOf, incidentStreamOf, incidentWorkflowIdOf } from '../../domain/ids.ts';
import type { IncidentSubject } from '../../domain/incident/protocol.ts';
import { type TaskQueues, taskQueuesOf } from '../../domain/incident/task-queues.ts';
import type { PolicySnapshot } from '../../domain/policy/policy.ts';
import type { Severity } from '../../domain/severity.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { createEventLog, type EventLog } from '../../store/event-log.ts';
import { type LaneWriter, openLaneWriter } from '../../store/lane-writer.ts';
import { migrate } from '../../store/migrate.ts';
import { createMetrics, type Metrics } from '../../telemetry/metrics.ts';
import { createAlertViewFolder } from '../../views/alert-view-folder.ts';
import { bundleWorkflows } from '../../workers/bundle.ts';
import { createActivities } from '../../workers/create-activities.ts';
import { createWorkers } from '../../workers/create-workers.ts';
import type { WorkerBuild } from '../../workers/deployment-options.ts';
import { createTestDatabase } from './database.ts';
import { quietLogger } from './quiet-logger.ts';
import { quietTemporal } from './quiet-temporal.ts';
import { createScriptedNotifier, type ScriptedNotifier } from './scripted-notifier.ts';
import { createScriptedPeople, type ScriptedPeople } from './scripted-people.ts';

/** The saga on the real engine and the real store; only the provider, and who is on call, are scripted. */
export interface SagaStage extends AsyncDisposable {
  readonly client: Client;
  readonly database: Database;
  readonly log: EventLog;
  readonly metrics: Metrics;
  readonly escalations: EscalationClient;
  readonly commands: IncidentCommandsClient;
  readonly notifier: ScriptedNotifier;
  readonly people: ScriptedPeople;
  readonly queues: TaskQueues;
  /** The worker's own lane. */
  readonly recorder: LaneWriter;
  /** The next record takes this long, as if the database were slow. */
  slowDownRecord(ms: number): void;
  /** The next record claims to be written and is not: the saga then stands where its stream does not. */
  forgetRecord(): void;
  hasForgotten(): boolean;
  /** The next so many records fail, as if the database were away. */
  failRecords(count: number): void;
  /** A scene with a route, and so a workflow id, of its own. */
  scene(policy: PolicySnapshot): Scene;
  stopWorkers(): Promise<void>;
  startWorkers(): Promise<void>;
  /** Workers of another build beside those that run. */
  startBuild(build: WorkerBuild): Promise<AsyncDisposable>;
}

export interface Scene {
  readonly subject: IncidentSubject;
  readonly workflowId: string;
  /** Appends the event and hands it to the saga, as ingest and dispatch do; answers the incident it would open. */
  fire(alert: SceneAlert): Promise<string>;
  clear(alert: SceneAlert): Promise<void>;
  /** Hands an event to the saga once more, as after a crash. */
  repeat(incidentId: string): Promise<void>;
  events(incidentId: string): Promise<IncidentEvent[]>;
  /** The configuration is edited: alerts from now on come with this policy. */
  edit(policy: PolicySnapshot): void;
}

export interface SceneAlert {
  readonly name: string;
  readonly severity?: Severity;
}

const provider = 'webhook';

export interface SagaStageOptions {
  /** Turns worker versioning on. */
  readonly build?: WorkerBuild;
}

export async function openSagaStage({ build: ownBuild }: SagaStageOptions = {}): Promise<SagaStage> {
  quietTemporal();
  const open = new AsyncDisposableStack();
  const { url } = open.use(await createTestDatabase());
  const logger = quietLogger();
  const metrics = createMetrics();
  const now = () => Date.now();
  const database = open.adopt(openDatabase({ url, logger, applicationName: 'saga-stage' }), (it) =>
    it.close(),
  );
  await migrate(database);
  const log = createEventLog(database);
  const lane = { url, owner: 'saga-stage', path: 'strict', logger, metrics, now } as const;
  const recorder = open.adopt(await openLaneWriter({ ...lane, kind: 'record' }), (it) => it.close());
  const ingest = open.adopt(await openLaneWriter({ ...lane, kind: 'ingest' }), (it) => it.close());
  const folder = createAlertViewFolder({
    database,
    log,
    lane: ingest.lane,
    logger,
    metrics,
    now,
    flushMs: 20,
  });
  open.adopt(folder, (it) => it.close());
  ingest.onCommitted((events) => folder.accept(events));

  const address = inject('temporalAddress');
  const connection = open.adopt(await Connection.connect({ address }), (it) => it.close());
  const native = open.adopt(await NativeConnection.connect({ address }), (it) => it.close());
  const client = new Client({ connection });
  const queues = taskQueuesOf(`test-${randomBytes(6).toString('hex')}`);
  const projections = open.adopt(createProjectionClient({ client, queues, logger }), (it) => it.close(2_000));
  const escalations = createEscalationClient(client, queues);
  const notifier = createScriptedNotifier(provider);
  const people = createScriptedPeople();
  const activities = createActivities({
    database,
    log,
    writer: recorder,
    metrics,
    logger,
    now,
    notifierOf: () => notifier,
    resolve: people.resolve,
    wakeProjection: projections.wake,
    onProjected: () => {},
  });
  let slowMs = 0;
  let failures = 0;
  let forgets = false;
  const slowedActivities = {
    ...activities,
    async record(request: RecordRequest) {
      const ms = slowMs;
      slowMs = 0;
      await new Promise((resolve) => setTimeout(resolve, ms));
      if (failures > 0) {
        failures -= 1;
        throw new Error('the database is away');
      }
      if (forgets && request.events.length > 0) {
        forgets = false;
        return { kind: 'appended' as const };
      }
      return activities.record(request);
    },
  };
  const workflowBundle = await bundleWorkflows();
  const start = async (build: WorkerBuild | undefined, providers: string[]): Promise<AsyncDisposable> => {
    const workers = await createWorkers({
      connection: native,
      namespace: 'default',
      queues,
      workflowBundle,
      activities: slowedActivities,
      providers,
      ...(build !== undefined && { build }),
    });
    const running = Promise.all(workers.map((worker) => worker.run()));
    return {
      async [Symbol.asyncDispose]() {
        for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
        await running;
      },
    };
  };
  let own: AsyncDisposable | undefined;
  const startWorkers = async (): Promise<void> => {
    own = await start(ownBuild, [provider]);
  };
  const stopWorkers = async (): Promise<void> => own?.[Symbol.asyncDispose]();
  await startWorkers();
  open.defer(stopWorkers);

  const scene = (first: PolicySnapshot): Scene => {
    let policy = first;
    const subject = { tenant: 'default', route: `route-${randomBytes(6).toString('hex')}`, groupLabels: {} };
    const workflowId = incidentWorkflowIdOf(subject);
    const versions = new Map<string, number>();
    const recorded = new Map<string, RecordedEvent>();

    const append = async (
      { name, severity = 'critical' }: SceneAlert,
      type: 'AlertFired' | 'AlertResolved',
    ) => {
      const alert = anEpisode(`${subject.route}-${name}`, severity, type);
      const stream = alertStreamOf(alert);
      const expectedVersion = versions.get(stream) ?? -1;
      const incidents = [{ route: subject.route, policy: policy.name, groupLabels: {}, workflowId }];
      const data = { alert, configVersion: 1, incidents };
      const body: AlertEvent =
        type === 'AlertFired'
          ? { type, data: { ...data, replaces: false } }
          : { type, data: { ...data, reason: 'cleared' } };
      const result = await ingest.append({ stream, expectedVersion, events: [{ body, metadata: {} }] });
      const event = result.kind === 'appended' ? result.events[0] : undefined;
      if (event === undefined) throw new Error('the event was not appended');
      versions.set(stream, event.version);
      return event;
    };

    const hand = async (event: RecordedEvent): Promise<void> => {
      const { signal } = await alertsSignalOf(dispatchItemsOf(event), async () => policy);
      await escalations.deliver(subject, signal);
    };

    return {
      subject,
      workflowId,
      async fire(alert) {
        const event = await append(alert, 'AlertFired');
        const incidentId = incidentIdOf(event.stream, event.version);
        recorded.set(incidentId, event);
        await hand(event);
        return incidentId;
      },
      clear: async (alert) => hand(await append(alert, 'AlertResolved')),
      edit: (edited) => {
        policy = edited;
      },
      async repeat(incidentId) {
        const event = recorded.get(incidentId);
        if (event !== undefined) await hand(event);
      },
      async events(incidentId) {
        const events = await log.readStream(incidentStreamOf(incidentId));
        return events.map(({ body }) => body as IncidentEvent);
      },
    };
  };

  const stage = {
    recorder,
    client,
    database,
    log,
    metrics,
    escalations,
    notifier,
    people,
    queues,
    scene,
    startWorkers,
    stopWorkers,
    // senders have no versions: those that run serve both
    startBuild: (build: WorkerBuild) => start(build, []),
  };
  return {
    ...stage,
    failRecords(count) {
      failures = count;
    },
    forgetRecord() {
      forgets = true;
    },
    hasForgotten: () => !forgets,
    slowDownRecord: (ms) => {
      slowMs = ms;
    },
    commands: createIncidentCommands(client),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

function anEpisode(name: string, severity: Severity, type: 'AlertFired' | 'AlertResolved') {
  return {
    tenant: 'default',
    source: 'test',
    fingerprint: name,
    status: type === 'AlertFired' ? ('firing' as const) : ('resolved' as const),
    severity,
    labels: { alertname: name, severity },
    annotations: { summary: `${name} is bad` },
    startsAt: new Date().toISOString(),
  };
}
