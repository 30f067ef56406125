import { expect, test } from 'vitest';
import type { ProcessorSpec, TocsinConfig } from '../config/config.ts';
import { hashKey } from '../config/source-keys.ts';
import type { SenderCommand } from '../domain/alert/command.ts';
import { limits } from '../domain/limits.ts';
import { compileRoutes } from '../domain/route/route.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { anAlert } from './an-alert.ts';
import { createPrepare } from './prepare.ts';

function aStage(...processors: ProcessorSpec[]) {
  const source = {
    name: 'prometheus',
    type: 'alertmanager',
    tenant: 'default',
    keyHash: hashKey('a-key-of-the-test-source'),
    validation: 'lenient',
    resolveTimeoutMs: 300_000,
    processors,
  } as const;
  const route = { match: [], groupBy: [], policy: 'p', groupWaitMs: 0, continue: false };
  const config: TocsinConfig = {
    version: 1,
    hash: 'test',
    listen: { host: '127.0.0.1', port: 0 },
    publicUrl: 'http://127.0.0.1:8080',
    sources: [source],
    router: compileRoutes([{ ...route, mute: [], active: [], routes: [] }]),
    quiet: { inhibit: [], suppress: [], flapping: [] },
    policies: new Map(),
    channels: new Map(),
    users: new Map(),
    schedules: new Map(),
    timeIntervals: new Map(),
    admission: {},
    retention: {},
    outbound: { allowPrivate: [] },
  };
  const load = { queued: 0 };
  const prepare = createPrepare({
    metrics: createMetrics(),
    loopLagMs: () => 0,
    queued: () => load.queued,
  });
  return {
    load,
    prepare: (...commands: SenderCommand[]) =>
      prepare(
        commands.map((command, index) => ({ index, command })),
        { source, config, nowMs: 0 },
      ),
  };
}

const observe = (changes: Parameters<typeof anAlert>[0]): SenderCommand => ({
  kind: 'observe',
  alert: anAlert(changes),
});
const clear: SenderCommand = {
  kind: 'clear',
  identity: { tenant: 'default', source: 'prometheus', fingerprint: 'a' },
  at: '2026-08-01T10:00:00.000Z',
};

test('says which alerts were dropped, and leaves everything else in its place', () => {
  const { prepare } = aStage({ kind: 'sample', match: [], keep: 0 }, { kind: 'drop_labels', names: ['pod'] });
  const info = observe({ severity: 'info' });
  const critical = observe({ labels: { alertname: 'A', pod: 'x' } });
  const same = observe({ labels: { alertname: 'B' } });
  const prepared = prepare(info, clear, critical, info, same);
  expect(prepared.dropped).toEqual([
    { index: 0, reason: 'sampled' },
    { index: 3, reason: 'sampled' },
  ]);
  expect(prepared.commands).toEqual([
    { index: 1, command: clear },
    { index: 2, command: observe({ labels: { alertname: 'A' } }) },
    { index: 4, command: same },
  ]);
});

test('admission judges what the processors left and made of it', () => {
  const map: ProcessorSpec = {
    kind: 'map_severity',
    label: 'prio',
    values: new Map([['1', 'critical']]),
    otherwise: 'info',
  };
  const { prepare, load } = aStage(map);
  load.queued = limits.maxQueuedAlerts / 2;
  expect(() => prepare(observe({ labels: { prio: '9' }, severity: 'critical' }))).toThrow(
    expect.objectContaining({ code: 'overloaded', retryAfterMs: limits.overloadedRetryAfterMs }),
  );
  expect(prepare(observe({ labels: { prio: '1' }, severity: 'info' })).commands).toHaveLength(1);
});

test('a request of which nothing is left is never refused', () => {
  const { prepare, load } = aStage({ kind: 'sample', match: [], keep: 0 });
  load.queued = limits.maxQueuedAlerts;
  expect(prepare(observe({ severity: 'info' }))).toEqual({
    commands: [],
    dropped: [{ index: 0, reason: 'sampled' }],
  });
});

test('a refused request that comes back is counted once by a limit', () => {
  const { prepare, load } = aStage({ kind: 'limit', match: [], alerts: 1, perMs: 60_000, by: [] });
  const alert = observe({ severity: 'info', fingerprint: 'a' });
  load.queued = limits.maxQueuedAlerts;
  for (let i = 0; i < 3; i += 1) expect(() => prepare(alert)).toThrow();
  load.queued = 0;
  expect(prepare(alert).commands).toHaveLength(1);
  expect(prepare(observe({ severity: 'info', fingerprint: 'b' })).commands).toEqual([]);
});
