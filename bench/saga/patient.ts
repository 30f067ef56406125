import { setTimeout as sleep } from 'node:timers/promises';
import type { Measure, Phase, PhaseContext } from '../phase.ts';
import { readRssMb } from '../process-usage.ts';
import { quantilesOf } from '../quantiles.ts';
import { readSteps } from '../read-steps.ts';
import { wallClockMs } from '../wall-clock.ts';

const stepsPerSecond = 20;
/** Incidents that are being opened at once. */
const concurrency = 32;
const firstPageMs = 60_000;
const settleMs = 3_000;

/** Many open incidents that nobody answers, twenty of which have a step due each second; then their worker is killed. */
export function patient(count: number): Phase {
  const waitSeconds = Math.max(10, Math.round(count / stepsPerSecond));
  return {
    name: 'patient',
    title: `${count} open incidents, ${Math.round((count / waitSeconds) * 10) / 10} steps due each second`,
    patientWait: `${waitSeconds}s`,
    async run(context) {
      const emptyMb = memoryOf(context);
      const startedMs = wallClockMs();
      const missing = await context.meter('opening', () => openAll(context, count));
      const openedMs = wallClockMs();
      const windowMs = context.quick ? 15_000 : 60_000;
      // every incident has a step behind it: the rate of steps is then the rate at which they were opened
      await sleep(Math.max(0, startedMs + waitSeconds * 1_000 + settleMs - openedMs));
      const rate = Math.round((count / (openedMs - startedMs)) * 10_000) / 10;
      return [
        { name: 'incidents opened', value: rate, unit: '/s', note: `${missing} not paged in time` },
        ...memoryMeasures(emptyMb, memoryOf(context), count),
        ...(await observe(context, { name: 'all is well', windowMs, count })),
        ...(await observe(context, { name: 'the worker is killed', windowMs, count, kills: true })),
      ];
    },
  };
}

async function openAll({ sender, provider, print }: PhaseContext, count: number): Promise<number> {
  let next = 0;
  let missing = 0;
  const openNext = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      if (index > 0 && index % 1_000 === 0) print(`${index} incidents`);
      const instance = `patient-${index}`;
      await sender.sendAlerts([{ instance, phase: 'patient', startsAt: new Date().toISOString() }]);
      if ((await provider.firstPage(instance, firstPageMs)) === undefined) missing += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, openNext));
  return missing;
}

interface Window {
  readonly name: string;
  readonly windowMs: number;
  readonly count: number;
  /** The worker is killed five seconds after the beginning. */
  readonly kills?: true;
}

async function observe(context: PhaseContext, window: Window): Promise<Measure[]> {
  const { name, windowMs, kills } = window;
  const fromMs = wallClockMs();
  const [acknowledgeMs, back] = await context.meter(name, () =>
    Promise.all([acknowledgeSome(context, window), kills === true ? killWorker(context) : undefined]),
  );
  await sleep(Math.max(0, fromMs + windowMs - wallClockMs()) + settleMs);
  const steps = await readSteps(context, fromMs, fromMs + windowMs);
  const late = quantilesOf(steps.map(({ lateMs }) => lateMs));
  const early = steps.filter(({ lateMs }) => lateMs < 0).length;
  const acknowledged = quantilesOf(acknowledgeMs);
  const rate = Math.round((steps.length / windowMs) * 10_000) / 10;
  const target = kills === true ? 3_000 : 500;
  return [
    { name: `${name}: steps`, value: rate, unit: '/s', note: `${early} early` },
    { name: `${name}: step begun after due, p50`, value: late.p50, unit: 'ms' },
    { name: `${name}: step begun after due, p99`, value: late.p99, unit: 'ms', target, bound: 'most' },
    { name: `${name}: step begun after due, max`, value: late.max, unit: 'ms' },
    { name: `${name}: acknowledge, p50`, value: acknowledged.p50, unit: 'ms' },
    {
      name: `${name}: acknowledge, p99`,
      value: acknowledged.p99,
      unit: 'ms',
      ...(kills === undefined && { target: 200, bound: 'most' as const }),
    },
    ...(back === undefined ? [] : backMeasures(context, back)),
  ];
}

/** One a second; those incidents page no more. */
async function acknowledgeSome({ provider, sender, print }: PhaseContext, { windowMs, kills }: Window) {
  const paged = [...new Set(provider.pages.map(({ incidentId }) => incidentId))];
  const latencies: number[] = [];
  const count = Math.floor(windowMs / 1_000);
  for (let index = 0; index < count; index += 1) {
    // from the front in one window, from the back in the other
    const incidentId = paged.at(kills === true ? -1 - index : index);
    const startedMs = wallClockMs();
    const { status } = await sender.post(`/v1/incidents/${incidentId}/acknowledge`, '{"by":"bench"}');
    latencies.push(wallClockMs() - startedMs);
    if (status !== 200) print(`acknowledge answered ${status}`);
    await sleep(Math.max(0, startedMs + 1_000 - wallClockMs()));
  }
  return latencies;
}

interface Return {
  readonly killedMs: number;
  /** The new process was started. */
  readonly backMs: number;
}

async function killWorker({ stack }: PhaseContext): Promise<Return> {
  await sleep(5_000);
  const pid = stack.pids.get('worker');
  if (pid === undefined) throw new Error('there is no worker');
  const killedMs = wallClockMs();
  process.kill(pid, 'SIGKILL');
  while (stack.pids.get('worker') === pid) await sleep(20);
  return { killedMs, backMs: wallClockMs() };
}

function backMeasures({ provider }: PhaseContext, { killedMs, backMs }: Return): Measure[] {
  const first = provider.pages.find(({ atMs }) => atMs > killedMs + 500)?.atMs ?? Number.NaN;
  const seen = new Set<string>();
  const twice = provider.pages.filter(({ key }) => seen.size === seen.add(key).size).length;
  return [
    { name: 'worker killed → its next process', value: Math.round(backMs - killedMs), unit: 'ms' },
    {
      name: 'its next process → first page',
      value: Math.round(first - backMs),
      unit: 'ms',
      target: 3_000,
      bound: 'most',
    },
    { name: 'pages that the provider got twice', value: twice, unit: 'pages' },
  ];
}

function memoryOf({ stack }: PhaseContext): ReadonlyMap<string, number> {
  return new Map([...stack.pids].map(([name, pid]) => [name, readRssMb(pid) ?? Number.NaN]));
}

function memoryMeasures(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  count: number,
): Measure[] {
  return ['server', 'worker', 'temporal'].map((name) => {
    const grown = (after.get(name) ?? Number.NaN) - (before.get(name) ?? Number.NaN);
    const value = Math.round((grown * 1_024 * 10) / count) / 10;
    return {
      name: `${name}: memory for each open incident`,
      value,
      unit: 'KB',
      note: `${after.get(name)} MB`,
    };
  });
}
