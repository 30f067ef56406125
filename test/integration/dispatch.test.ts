import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EscalationClient } from '../../client/escalation-client.ts';
import { type Dispatcher, type DispatcherDeps, openDispatcher } from '../../dispatch/dispatcher.ts';
import { createStillNeeded } from '../../dispatch/still-needed.ts';
import { TocsinError } from '../../domain/errors.ts';
import type { AlertEvent } from '../../domain/events/alert-events.ts';
import { alertStreamOf, incidentWorkflowIdOf } from '../../domain/ids.ts';
import type { AlertsSignal, IncidentSubject } from '../../domain/incident/protocol.ts';
import { limits } from '../../domain/limits.ts';
import type { Severity } from '../../domain/severity.ts';
import { readCheckpoint, writeCheckpoint } from '../../store/checkpoints.ts';
import type { LaneWriter } from '../../store/lane-writer.ts';
import { countParked, parkEvent } from '../../store/parked-events.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { eventually } from '../support/eventually.ts';
import { aPolicy } from '../support/incident-events.ts';
import { openTestStore, silent, type TestStore } from '../support/test-store.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
});

/** Stands where Temporal is: takes signals, or refuses them as a test says. */
function anEngine() {
  const taken: { subject: IncidentSubject; signal: AlertsSignal }[] = [];
  let refuse: ((subject: IncidentSubject) => unknown) | undefined;
  const deliver: EscalationClient['deliver'] = async (subject, signal) => {
    const error = refuse?.(subject);
    if (error !== undefined) throw error;
    taken.push({ subject, signal });
    return 'started_or_signalled';
  };
  return {
    taken,
    escalations: { deliver },
    refuseWith: (because: typeof refuse) => {
      refuse = because;
    },
    routes: () => taken.map(({ subject }) => subject.route),
    positions: () => taken.flatMap(({ signal }) => signal.references.map(({ position }) => position)),
  };
}

function dispatcherFor(
  writer: LaneWriter,
  engine: ReturnType<typeof anEngine>,
  changes: Partial<DispatcherDeps> = {},
) {
  const consumer = `dispatch-${writer.lane}`;
  return openDispatcher({
    lane: writer.lane,
    log: store.log,
    ledger: {
      readCheckpoint: (lane) => readCheckpoint(store.database, { consumer, lane }),
      writeCheckpoint: (lane, position) => writeCheckpoint(store.database, { consumer, lane, position }),
      park: async (item) => void (await parkEvent(store.database, { consumer, ...item })),
    },
    escalations: engine.escalations,
    policyOf: async () => aPolicy(),
    stillNeeded: createStillNeeded({
      log: store.log,
      isCoveredByHumanResolve: async (asked) => asked.map(() => false),
    }),
    metrics: createMetrics(),
    logger: silent,
    now: Date.now,
    ...changes,
  });
}

interface Happening {
  readonly route: string;
  readonly severity?: Severity;
  readonly fingerprint?: string;
  readonly version?: number;
  readonly resolved?: boolean;
}

function aFiring({ route, severity = 'warning', fingerprint = '', resolved }: Happening) {
  const identity = { tenant: 'default', source: 'test', fingerprint };
  const alert = {
    ...identity,
    status: resolved ? ('resolved' as const) : ('firing' as const),
    severity,
    labels: { alertname: 'Test' },
    annotations: {},
    startsAt: '2026-01-05T09:00:00.000Z',
  };
  const subject = { tenant: 'default', route, groupLabels: {} };
  const taken = { route, policy: 'default', groupLabels: {}, workflowId: incidentWorkflowIdOf(subject) };
  const data = { alert, configVersion: 1, incidents: [taken] };
  const body: AlertEvent = resolved
    ? { type: 'AlertResolved', data: { ...data, reason: 'cleared' } }
    : { type: 'AlertFired', data: { ...data, replaces: false } };
  return { stream: alertStreamOf(identity), body };
}

async function append(writer: LaneWriter, happening: Happening) {
  const { fingerprint = randomBytes(8).toString('hex'), version = 0 } = happening;
  const { stream, body } = aFiring({ ...happening, fingerprint });
  const result = await writer.append({
    stream,
    expectedVersion: version - 1,
    events: [{ body, metadata: {} }],
  });
  if (result.kind !== 'appended') throw new Error('stale');
  return { fingerprint, position: result.events[0]?.position ?? -1 };
}

function drained(dispatcher: Dispatcher): Promise<true> {
  return eventually(() => (dispatcher.isDrained() ? true : undefined), 10_000);
}

test('hands on what was committed, straight from memory', async () => {
  const writer = await store.openWriter();
  const engine = anEngine();
  const dispatcher = await dispatcherFor(writer, engine);
  await drained(dispatcher);
  writer.onCommitted((events) => dispatcher.offer(events));
  const { position } = await append(writer, { route: 'a' });
  await eventually(() => (engine.positions().includes(position) ? true : undefined));
  expect(engine.taken[0]?.signal.references[0]).toMatchObject({ kind: 'fired', lane: writer.lane, position });
  await dispatcher.close();
  await writer.close();
});

test('takes up after a crash what nobody dispatched, and nothing twice', async () => {
  const writer = await store.openWriter();
  const positions = [];
  for (let index = 0; index < 3; index += 1)
    positions.push((await append(writer, { route: `crash-${index}` })).position);
  const engine = anEngine();
  const first = await dispatcherFor(writer, engine);
  await drained(first);
  await first.close();
  expect(engine.positions().sort((a, b) => a - b)).toEqual(expect.arrayContaining(positions));
  const before = engine.taken.length;
  const late = await append(writer, { route: 'late' });
  const second = await dispatcherFor(writer, engine);
  await drained(second);
  await second.close();
  expect(engine.positions().slice(before)).toEqual([late.position]);
  await writer.close();
});

test('keeps everything while Temporal is away, and drains when it is back', async () => {
  const writer = await store.openWriter();
  const engine = anEngine();
  engine.refuseWith(() => new TocsinError('engine_unavailable'));
  const dispatcher = await dispatcherFor(writer, engine);
  writer.onCommitted((events) => dispatcher.offer(events));
  const positions = await Promise.all([1, 2, 3].map((index) => append(writer, { route: `away-${index}` })));
  await eventually(() => (dispatcher.backlog().events === 3 ? true : undefined));
  expect(engine.taken).toEqual([]);
  engine.refuseWith(undefined);
  await drained(dispatcher);
  expect(engine.positions().sort()).toEqual(positions.map(({ position }) => position).sort());
  await dispatcher.close();
  await writer.close();
});

test('the most severe alert goes first when many wait', async () => {
  const writer = await store.openWriter();
  for (let index = 0; index < 100; index += 1)
    await append(writer, { route: `info-${index}`, severity: 'info' });
  await append(writer, { route: 'urgent', severity: 'critical' });
  const engine = anEngine();
  const dispatcher = await dispatcherFor(writer, engine);
  await drained(dispatcher);
  expect(engine.routes()[0]).toBe('urgent');
  expect(engine.routes()).toHaveLength(101);
  await dispatcher.close();
  await writer.close();
});

test('a critical alert passes a backlog that memory has no room for, and an engine busy with it', async () => {
  const writer = await store.openWriter();
  const engine = anEngine();
  const lesser = Promise.withResolvers<void>();
  const deliver: EscalationClient['deliver'] = async (subject, signal) => {
    if (subject.route !== 'urgent') await lesser.promise;
    return await engine.escalations.deliver(subject, signal);
  };
  const dispatcher = await dispatcherFor(writer, engine, { escalations: { deliver } });
  writer.onCommitted((events) => dispatcher.offer(events));
  const count = limits.maxPendingDispatch + 5_000;
  for (let at = 0; at < count; at += 1_000) await appendMany(writer, { from: at, count: 1_000 });
  expect(dispatcher.backlog().events).toBeGreaterThan(limits.maxPendingDispatch);
  const { position } = await append(writer, { route: 'urgent', severity: 'critical' });
  await eventually(() => (engine.positions().includes(position) ? true : undefined), 2_000);
  expect(engine.routes()).toEqual(['urgent']);
  lesser.resolve();
  await eventually(() => (dispatcher.isDrained() ? true : undefined), 40_000);
  expect(new Set(engine.positions()).size).toBe(count + 1);
  await dispatcher.close();
  await writer.close();
});

test('what went ahead of the log is through only when all of its incidents are told', async () => {
  const writer = await store.openWriter();
  const engine = anEngine();
  const [logIsRead, fastGoes, slowGoes] = [1, 2, 3].map(() => Promise.withResolvers<void>());
  const log: DispatcherDeps['log'] = {
    async readLane(lane, options) {
      await logIsRead?.promise;
      return await store.log.readLane(lane, options);
    },
  };
  const deliver: EscalationClient['deliver'] = async (subject, signal) => {
    await (subject.route === 'fast' ? fastGoes : slowGoes)?.promise;
    return await engine.escalations.deliver(subject, signal);
  };
  const dispatcher = await dispatcherFor(writer, engine, { log, escalations: { deliver } });
  writer.onCommitted((events) => dispatcher.offer(events));
  const fingerprint = randomBytes(8).toString('hex');
  const { stream, body } = aFiring({ route: 'fast', severity: 'critical', fingerprint });
  const also = aFiring({ route: 'slow', severity: 'critical', fingerprint }).body.data.incidents;
  const data = { ...body.data, incidents: [...body.data.incidents, ...also] };
  await writer.append({
    stream,
    expectedVersion: -1,
    events: [{ body: { ...body, data } as AlertEvent, metadata: {} }],
  });
  logIsRead?.resolve();
  await eventually(() => (dispatcher.backlog().events === 1 ? true : undefined));
  fastGoes?.resolve();
  await eventually(() => (engine.routes().length === 2 ? true : undefined));
  expect(dispatcher.backlog().events).toBe(1);
  slowGoes?.resolve();
  await drained(dispatcher);
  expect(engine.routes()).toEqual(['fast', 'fast', 'slow', 'slow']);
  await dispatcher.close();
  await writer.close();
});

/** Alerts of severity info, each in an incident of its own. */
async function appendMany(writer: LaneWriter, { from, count }: { from: number; count: number }) {
  await writer.appendAll(
    Array.from({ length: count }, (_, index) => {
      const route = `backlog-${from + index}`;
      const fingerprint = randomBytes(8).toString('hex');
      const { stream, body } = aFiring({ route, severity: 'info', fingerprint });
      return { stream, expectedVersion: -1, events: [{ body, metadata: {} }] };
    }),
  );
}

test('an alert that cleared while nobody looked pages nobody', async () => {
  const writer = await store.openWriter();
  const { fingerprint } = await append(writer, { route: 'gone' });
  await append(writer, { route: 'gone', fingerprint, version: 1, resolved: true });
  const engine = anEngine();
  const dispatcher = await dispatcherFor(writer, engine);
  await drained(dispatcher);
  expect(engine.taken.flatMap(({ signal }) => signal.references.map(({ kind }) => kind))).toEqual([
    'cleared',
  ]);
  await dispatcher.close();
  await writer.close();
});

test('what cannot be dispatched is parked with its reason and holds up nobody', async () => {
  const writer = await store.openWriter();
  const engine = anEngine();
  const tries: string[] = [];
  engine.refuseWith(({ route }) => {
    tries.push(route);
    return route === 'poison' ? new Error('too long') : undefined;
  });
  const poisoned = () => tries.filter((route) => route === 'poison').length;
  const dispatcher = await dispatcherFor(writer, engine);
  writer.onCommitted((events) => dispatcher.offer(events));
  await append(writer, { route: 'poison' });
  await eventually(() => (poisoned() >= 4 ? true : undefined));
  const before = poisoned();
  await append(writer, { route: 'healthy' });
  await eventually(() => (engine.routes().includes('healthy') ? true : undefined));
  // it went between two tries of its neighbour, not after the next one
  expect(poisoned()).toBe(before);
  await eventually(
    async () => ((await countParked(store.database, `dispatch-${writer.lane}`)) === 1 ? true : undefined),
    30_000,
  );
  await drained(dispatcher);
  await dispatcher.close();
  await writer.close();
});

test('the checkpoint stays below what is not through', async () => {
  const writer = await store.openWriter();
  const engine = anEngine();
  engine.refuseWith((subject) =>
    subject.route === 'stuck' ? new TocsinError('engine_unavailable') : undefined,
  );
  const dispatcher = await dispatcherFor(writer, engine);
  writer.onCommitted((events) => dispatcher.offer(events));
  const stuck = await append(writer, { route: 'stuck' });
  await append(writer, { route: 'free' });
  await eventually(() => (engine.routes().includes('free') ? true : undefined));
  await dispatcher.close();
  const checkpoint = await readCheckpoint(store.database, {
    consumer: `dispatch-${writer.lane}`,
    lane: writer.lane,
  });
  expect(checkpoint).toBeLessThan(stuck.position);
  await writer.close();
});
