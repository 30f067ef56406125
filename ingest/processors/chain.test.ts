import { expect, test } from 'vitest';
import type { ProcessorSpec } from '../../config/config.ts';
import { limits } from '../../domain/limits.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { anAlert } from '../an-alert.ts';
import { createChain, createProcessor } from './chain.ts';

function aChain(...specs: ProcessorSpec[]) {
  const metrics = createMetrics();
  return {
    metrics,
    chain: createChain(specs.map((spec) => createProcessor(spec, { metrics, source: 's' }))),
  };
}

test('each processor sees what the one before it made', () => {
  const { chain } = aChain(
    { kind: 'add_labels', labels: { prio: 'p1' } },
    { kind: 'rename_label', from: 'prio', to: 'priority' },
    { kind: 'map_severity', label: 'priority', values: new Map([['p1', 'critical']]) },
    { kind: 'drop_labels', names: ['priority'] },
    { kind: 'sample', match: [], keep: 0 },
  );
  const alert = anAlert({ severity: 'info', labels: { alertname: 'A' } });
  expect(chain.process(alert, 0)).toEqual({
    kind: 'kept',
    alert: { ...alert, severity: 'critical', labels: { alertname: 'A', severity: 'critical' } },
  });
});

test('the first that drops an alert ends its way', () => {
  const { chain } = aChain(
    { kind: 'sample', match: [], keep: 0 },
    { kind: 'limit', match: [], alerts: 1, perMs: 1_000, by: [] },
  );
  const alert = anAlert({ severity: 'info' });
  expect([chain.process(alert, 0), chain.process(alert, 0)]).toEqual([
    { kind: 'dropped', reason: 'sampled' },
    { kind: 'dropped', reason: 'sampled' },
  ]);
});

test('an alert that nothing changes stays the same object', () => {
  const { chain } = aChain(
    { kind: 'redact', cardNumbers: true, secrets: true, patterns: ['x{3}'] },
    { kind: 'outlier', value: 'value', window: 10, threshold: 3 },
    { kind: 'limit', match: [], alerts: 1, perMs: 1_000, by: ['alertname'] },
  );
  const alert = anAlert();
  const processed = chain.process(alert, 0);
  expect(processed.kind === 'kept' && processed.alert).toBe(alert);
});

test('what the chain made is brought back within the limits', () => {
  const labels = Object.fromEntries(Array.from({ length: limits.maxLabels }, (_, i) => [`l${i}`, 'v']));
  const { chain } = aChain({ kind: 'add_labels', labels: { cluster: 'eu-1' } });
  const processed = chain.process(anAlert({ labels }), 0);
  expect(processed).toMatchObject({ kind: 'kept', alert: { labels, flags: ['labels_dropped'] } });
});

test('what was taken out is counted by kind', async () => {
  const { chain, metrics } = aChain({ kind: 'redact', cardNumbers: true, secrets: true, patterns: [] });
  chain.process(anAlert({ annotations: { a: '4111111111111111', b: 'password=x', c: 'password=y' } }), 0);
  const { values } = await metrics.redactions.get();
  expect(values).toHaveLength(2);
  expect(values).toContainEqual({ labels: { source: 's', kind: 'card_number' }, value: 1 });
  expect(values).toContainEqual({ labels: { source: 's', kind: 'password' }, value: 2 });
});
