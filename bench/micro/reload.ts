import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConfigReader } from '../../config/active-config.ts';
import { openConfigHolder } from '../../config/config-holder.ts';
import { createMetrics } from '../../telemetry/metrics.ts';

export interface ReloadFigures {
  readonly perSecond: number;
  /** From reading the files to deciding by them. */
  readonly medianMs: number;
  /** The longest that one reload kept the process from anything else, at the median and at worst. */
  readonly medianPauseMs: number;
  readonly longestPauseMs: number;
}

const routeCount = 500;

function configText(round: number): string {
  const routes = Array.from(
    { length: routeCount },
    (_, index) =>
      `  - { name: r${index}, match: ['team="t${index}"', 'severity=~"critical|error"'], group_by: [alertname, cluster], group_wait: ${round % 60}s, policy: p }`,
  );
  return `version: 1
sources: [{ name: s, type: alertmanager, key: bench-key-0123456789 }]
policies: { p: { steps: [{ notify: [channel:c], wait: 1m }] } }
channels: { c: { type: console } }
routes:
${routes.join('\n')}
  - { policy: p }
`;
}

/** Reloads a changed file of 500 routes again and again while the process does nothing else. */
export const reloadBench = {
  name: `reload (${routeCount} routes)`,
  async run(seconds: number): Promise<ReloadFigures> {
    const folder = await mkdtemp(join(tmpdir(), 'tocsin-bench-'));
    const path = join(folder, 'tocsin.yml');
    try {
      await writeFile(path, configText(0));
      return await measure(path, seconds);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

async function measure(path: string, seconds: number): Promise<ReloadFigures> {
  const logger = { info() {}, warn() {}, error() {} };
  const holder = await openConfigHolder({
    load: createConfigReader({ TOCSIN_CONFIG: path }).read,
    register: async () => 1,
    logger,
    metrics: createMetrics(),
    now: () => Date.now(),
  });
  const tookMs: number[] = [];
  const pausesMs: number[] = [];
  const startedMs = performance.now();
  const endsMs = startedMs + seconds * 1_000;
  for (let round = 1; performance.now() < endsMs; round += 1) {
    await writeFile(path, configText(round));
    const beganMs = performance.now();
    const pauses = watchPauses();
    await holder.reload('file');
    pausesMs.push(pauses.stop());
    tookMs.push(performance.now() - beganMs);
  }
  return {
    perSecond: tookMs.length / ((performance.now() - startedMs) / 1_000),
    medianMs: medianOf(tookMs),
    medianPauseMs: medianOf(pausesMs),
    longestPauseMs: Math.max(...pausesMs),
  };
}

/** Has a turn as often as the event loop gives one, and remembers the longest wait for it in milliseconds. */
function watchPauses(): { stop(): number } {
  let lastMs = performance.now();
  let longestMs = 0;
  let isStopped = false;
  const turn = () => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
    if (!isStopped) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    stop() {
      isStopped = true;
      return Math.max(longestMs, performance.now() - lastMs);
    },
  };
}

function medianOf(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
