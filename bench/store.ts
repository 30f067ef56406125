import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPostgres } from '../dev/postgres.ts';
import type { NewEvent } from '../domain/events/envelope.ts';
import { openDatabase } from '../store/database.ts';
import { type LaneWriter, openLaneWriter } from '../store/lane-writer.ts';
import { migrate } from '../store/migrate.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';

// Open loop: appends are sent when they are due, however long earlier ones take, and latency counts from then.

const tickMs = 5;
const streamsPerLane = 10_000;
const laneCount = 2;
const logger = createLogger({ process: 'bench', level: 'warn' });

interface Run {
  readonly path: 'copy' | 'strict';
  readonly ratePerSecond: number;
  readonly seconds: number;
}

interface Lane {
  readonly writer: LaneWriter;
  readonly heads: Int32Array;
  next: number;
}

const { values } = parseArgs({
  options: {
    rates: { type: 'string', default: '5000,12000,24000' },
    seconds: { type: 'string', default: '10' },
  },
});

const dir = mkdtempSync(join(tmpdir(), 'tocsin-bench-'));
chmodSync(dir, 0o711); // PostgreSQL may run under another account
const postgres = await startPostgres({
  dataDir: join(dir, 'data'),
  logFile: join(dir, 'log'),
  passwordFile: join(dir, 'password'),
});
try {
  const database = openDatabase({ url: postgres.url, logger, applicationName: 'bench' });
  await migrate(database);
  const results: Record<string, string | number>[] = [];
  for (const path of ['copy', 'strict'] as const) {
    for (const rate of values.rates.split(',')) {
      await database.query('TRUNCATE events');
      results.push(await measure({ path, ratePerSecond: Number(rate), seconds: Number(values.seconds) }));
    }
  }
  console.table(results);
  await database.close();
} finally {
  await postgres.stop();
  rmSync(dir, { recursive: true, force: true });
}

async function measure(run: Run): Promise<Record<string, string | number>> {
  const lanes = await Promise.all(Array.from({ length: laneCount }, () => openLane(run)));
  const latenciesMs: number[] = [];
  const failures: string[] = [];
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  await sendOpenLoop(run, lanes, (dueMs, error) => {
    latenciesMs.push(performance.now() - dueMs);
    if (error !== undefined) failures.push(error);
  });
  const seconds = (performance.now() - startedMs) / 1_000;
  const cpu = process.cpuUsage(cpuBefore);
  await Promise.all(lanes.map(({ writer }) => writer.close()));
  latenciesMs.sort((a, b) => a - b);
  const quantile = (q: number) =>
    Number((latenciesMs[Math.floor(q * (latenciesMs.length - 1))] ?? 0).toFixed(1));
  return {
    path: run.path,
    'wanted/s': run.ratePerSecond,
    'events/s': Math.round(latenciesMs.length / seconds),
    'P50 ms': quantile(0.5),
    'P99 ms': quantile(0.99),
    'max ms': quantile(1),
    'node cores': Number(((cpu.user + cpu.system) / 1e6 / seconds).toFixed(2)),
    failures: failures.length,
  };
}

async function openLane({ path }: Run): Promise<Lane> {
  const writer = await openLaneWriter({
    url: postgres.url,
    kind: 'ingest',
    owner: 'bench',
    path,
    logger,
    metrics: createMetrics(),
    now: Date.now,
  });
  return { writer, heads: new Int32Array(streamsPerLane).fill(-1), next: 0 };
}

async function sendOpenLoop(
  { ratePerSecond, seconds }: Run,
  lanes: readonly Lane[],
  onDone: (dueMs: number, error?: string) => void,
): Promise<void> {
  const total = ratePerSecond * seconds;
  const startedMs = performance.now();
  let inFlight = 0;
  let sent = 0;
  while (sent < total || inFlight > 0) {
    const due = Math.min(total, Math.floor(((performance.now() - startedMs) / 1_000) * ratePerSecond));
    for (; sent < due; sent += 1) {
      const lane = lanes[sent % lanes.length];
      if (lane === undefined) return;
      const dueMs = startedMs + (sent / ratePerSecond) * 1_000;
      inFlight += 1;
      void appendOne(lane)
        .then(
          (kind) => onDone(dueMs, kind === 'appended' ? undefined : kind),
          (error: unknown) => onDone(dueMs, String(error)),
        )
        .finally(() => {
          inFlight -= 1;
        });
    }
    await new Promise((resolve) => setTimeout(resolve, tickMs));
  }
}

/** The lane's streams in turn, so that two appends of one stream are never under way together. */
async function appendOne(lane: Lane): Promise<string> {
  const index = lane.next;
  lane.next = (lane.next + 1) % streamsPerLane;
  const expectedVersion = lane.heads[index] ?? -1;
  const result = await lane.writer.append({
    stream: `alert-bench-${lane.writer.lane}-${lane.writer.epoch}-${index}`,
    expectedVersion,
    events: [eventOf(index)],
  });
  if (result.kind === 'appended') lane.heads[index] = expectedVersion + 1;
  return result.kind;
}

function eventOf(index: number): NewEvent {
  return {
    body: {
      type: 'AlertChanged',
      data: {
        alert: {
          tenant: 'default',
          source: 'prometheus',
          fingerprint: index.toString(16).padStart(16, '0'),
          status: 'firing',
          severity: 'warning',
          labels: { alertname: 'DiskFull', instance: `db-${index}`, cluster: 'north', team: 'core' },
          annotations: { summary: `the disk of db-${index} is full` },
          startsAt: '2026-01-05T09:00:00.000Z',
        },
        configVersion: 1,
        incidents: [],
      },
    },
    metadata: { actor: 'prometheus', via: 'source', requestId: 'bench' },
  };
}
