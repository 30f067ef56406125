import type { ProcessorSpec } from '../../config/config.ts';
import type { Alert } from '../../domain/alert/alert.ts';
import { parseMatchers } from '../../domain/matcher/parse-matcher.ts';
import { createChain, createProcessor } from '../../ingest/processors/chain.ts';
import type { Processor } from '../../ingest/processors/processor.ts';
import { createMetrics } from '../../telemetry/metrics.ts';

export interface ProcessorBench {
  readonly name: string;
  /** Alerts per second on one core. */
  run(seconds: number): { readonly perSecond: number };
}

/** As Prometheus sends them: eight labels, three annotations, a link; a tenth of them carries a card number. */
const alerts: readonly Alert[] = Array.from({ length: 10_000 }, (_, i) => ({
  tenant: 'default',
  source: 'prometheus',
  fingerprint: i.toString(16).padStart(16, '0'),
  status: 'firing',
  severity: i % 10 === 0 ? 'critical' : 'warning',
  labels: {
    alertname: `Alert${i % 50}`,
    severity: i % 10 === 0 ? 'critical' : 'warning',
    instance: `10.0.${i % 256}.7:9100`,
    job: 'node',
    namespace: `team-${i % 40}`,
    pod: `api-7d9f8b6c5d-${(i * 7919).toString(36)}`,
    env: 'prod',
    priority: `P${1 + (i % 4)}`,
  },
  annotations: {
    summary: `disk /dev/sda1 of host ${i} is ${90 + (i % 10)} % full`,
    description:
      i % 10 === 3 ? 'payment with 4111 1111 1111 1111 failed' : 'it will be full in about two hours',
    value: String(90 + (i % 10) + Math.sin(i)),
  },
  startsAt: '2026-01-05T09:00:00.000Z',
  generatorUrl: `http://prometheus:9090/graph?g0.expr=node_filesystem_avail_bytes%3C${i}&g0.tab=1`,
}));

const redactKnown: ProcessorSpec = { kind: 'redact', cardNumbers: true, secrets: true, patterns: [] };
const everything: readonly ProcessorSpec[] = [
  { kind: 'add_labels', labels: { cluster: 'eu-1' } },
  { kind: 'drop_labels', names: ['pod'] },
  { kind: 'rename_label', from: 'env', to: 'environment' },
  { kind: 'map_severity', label: 'priority', values: new Map([['p1', 'critical']]), otherwise: 'warning' },
  redactKnown,
  { kind: 'sample', match: parseMatchers('severity="info"'), keep: 0.1 },
  { kind: 'outlier', value: 'value', window: 100, threshold: 3 },
  {
    kind: 'limit',
    match: parseMatchers('severity="warning"'),
    alerts: 1_000,
    perMs: 60_000,
    by: ['alertname'],
  },
];

/** Each processor alone, and all of them as one chain. */
export const processorBenches: readonly ProcessorBench[] = [
  ...everything.map((spec) => benchOf(spec.kind, [spec])),
  benchOf('redact, with a pattern of one own', [{ ...redactKnown, patterns: ['EMP-[0-9]{6}'] }]),
  benchOf('all in one chain', everything),
];

function benchOf(name: string, specs: readonly ProcessorSpec[]): ProcessorBench {
  return {
    name,
    run(seconds) {
      const metrics = createMetrics();
      const chain = createChain(specs.map((spec) => createProcessor(spec, { metrics, source: 'bench' })));
      runFor(chain, Math.min(0.2, seconds));
      return { perSecond: Math.round(runFor(chain, seconds)) };
    },
  };
}

/** Whole rounds over all alerts until the time is up. */
function runFor(chain: Processor, seconds: number): number {
  const startMs = performance.now();
  let passedMs = 0;
  let rounds = 0;
  let kept = 0;
  while (passedMs < seconds * 1_000) {
    for (const alert of alerts) if (chain.process(alert, startMs + passedMs).kind === 'kept') kept += 1;
    rounds += 1;
    passedMs = performance.now() - startMs;
  }
  if (kept === 0) throw new Error('every alert was dropped: this measures nothing');
  return (rounds * alerts.length * 1_000) / passedMs;
}
