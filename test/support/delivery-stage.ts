import type { Progress } from '../../activities/attempts-so-far.ts';
import { type DeliverDeps, type DeliveryRun, deliver } from '../../activities/deliver.ts';
import type { DeliveryEnd } from '../../activities/delivery-end.ts';
import { noGuard } from '../../activities/delivery-guard.ts';
import type { DeliveryAttempted } from '../../domain/events/delivery-events.ts';
import type { EventBody, RecordedEvent } from '../../domain/events/envelope.ts';
import { deliveryStreamOf } from '../../domain/ids.ts';
import type { NotificationRequest } from '../../domain/policy/notification.ts';
import type { AppendRequest } from '../../store/lane-writer.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { aNotification } from './a-notification.ts';
import { quietLogger } from './quiet-logger.ts';
import { createScriptedNotifier, type NotifierTraits, type ScriptedNotifier } from './scripted-notifier.ts';

/** One notification at a scripted provider, run by run, over a log in memory and by a clock of the test's own. */
export interface DeliveryStage {
  readonly notifier: ScriptedNotifier;
  readonly metrics: ReturnType<typeof createMetrics>;
  readonly request: NotificationRequest;
  nowMs: number;
  /** Waits that were asked for inside a run. */
  readonly slept: number[];
  /** What the last run told the engine; a run that is killed may be robbed of it. */
  told: Progress | undefined;
  /** One run of the activity, of the same execution as the one before. */
  run(changes?: Partial<DeliveryRun>): Promise<DeliveryEnd>;
  /** The engine begins the activity anew, as after a redelivery. */
  beginAnew(): void;
  /** Runs until it is over or delivered, and passes the time between. */
  runToEnd(maxRuns?: number): Promise<DeliveryEnd>;
  attempts(): Promise<DeliveryAttempted['data'][]>;
  /** Somebody else writes to the delivery stream. */
  record(body: EventBody): Promise<void>;
}

export interface DeliveryStageOptions {
  readonly traits?: NotifierTraits;
  readonly request?: Parameters<typeof aNotification>[0];
  readonly deps?: Partial<DeliverDeps>;
  /** Milliseconds from the beginning until nobody waits any more. */
  readonly budgetMs?: number;
}

const provider = 'webhook';

export function createDeliveryStage(options: DeliveryStageOptions = {}): DeliveryStage {
  const { traits, deps = {}, budgetMs = Number.POSITIVE_INFINITY } = options;
  const notifier = createScriptedNotifier(provider, traits);
  const request = aNotification({ provider, ...options.request });
  const metrics = createMetrics();
  const log = createMemoryLog();
  let runs = 0;
  const stage: DeliveryStage = {
    notifier,
    metrics,
    request,
    nowMs: Date.parse('2026-03-01T12:00:00Z'),
    slept: [],
    told: undefined,
    run(changes = {}) {
      runs += 1;
      const run = {
        run: runs,
        progress: stage.told,
        runMs: 15_000,
        leftMs: endMs - stage.nowMs,
        tell: (progress: Progress) => {
          stage.told = progress;
        },
        ...changes,
      };
      return deliver(all, request, run);
    },
    beginAnew() {
      runs = 0;
      stage.told = undefined;
    },
    async runToEnd(maxRuns = 50) {
      for (let count = 0; count < maxRuns; count += 1) {
        const end = await stage.run();
        if (end.kind !== 'again') return end;
        stage.nowMs += end.afterMs;
      }
      throw new Error(`it did not come to an end in ${maxRuns} runs`);
    },
    async attempts() {
      const events = await log.readStream(deliveryStreamOf(request.key));
      return events.flatMap(({ body }) =>
        body.type === 'DeliveryAttempted' ? [(body as DeliveryAttempted).data] : [],
      );
    },
    async record(body) {
      const stream = deliveryStreamOf(request.key);
      const expectedVersion = (await log.readStream(stream)).length - 1;
      await log.append({ stream, expectedVersion, events: [{ body, metadata: {} }] });
    },
  };
  const all: DeliverDeps = {
    notifierOf: () => notifier,
    log,
    writer: log,
    metrics,
    logger: quietLogger(),
    guard: noGuard,
    now: () => stage.nowMs,
    random: () => 0.5,
    sleep: async (ms) => {
      stage.slept.push(ms);
      stage.nowMs += ms;
    },
    ...deps,
  };
  const endMs = stage.nowMs + budgetMs;
  return stage;
}

function createMemoryLog() {
  const streams = new Map<string, RecordedEvent[]>();
  return {
    async readStream(stream: string): Promise<RecordedEvent[]> {
      return [...(streams.get(stream) ?? [])];
    },
    async append({ stream, expectedVersion, events }: AppendRequest) {
      const held = streams.get(stream) ?? [];
      if (expectedVersion !== held.length - 1) return { kind: 'stale' as const };
      const added = events.map(({ body, metadata }, index) => ({
        lane: 1000,
        position: held.length + index,
        stream,
        version: held.length + index,
        eventId: `${stream}-${held.length + index}`,
        hlc: '0',
        recordedAt: new Date(0).toISOString(),
        body,
        metadata,
      }));
      streams.set(stream, [...held, ...added]);
      return { kind: 'appended' as const, events: added };
    },
  };
}
