import { setTimeout as sleep } from 'node:timers/promises';
import { runOpenLoop } from '../open-loop.ts';
import type { Measure, Phase, PhaseContext } from '../phase.ts';
import { quantilesOf } from '../quantiles.ts';
import { readSteps } from '../read-steps.ts';
import { wallClockMs } from '../wall-clock.ts';

const openPerSecond = 15;
const settleMs = 3_000;

/** Open incidents that nobody answers: each pages its next step every five to ten seconds. */
export const stepLateness: Phase = {
  name: 'steps',
  title: 'lateness of escalation steps',
  async run(context) {
    const counts = context.quick ? [20] : [100, 300];
    const windowMs = context.quick ? 10_000 : 40_000;
    const measures: Measure[] = [];
    let open = 0;
    for (const count of counts) {
      await openIncidents(context, open, count);
      open = count;
      await sleep(settleMs);
      measures.push(...(await observe(context, { open, windowMs, isLast: count === counts.at(-1) })));
    }
    return measures;
  },
};

async function openIncidents({ sender }: PhaseContext, from: number, to: number): Promise<void> {
  const { settled } = await runOpenLoop({
    ratePerSecond: openPerSecond,
    total: to - from,
    send: async (index) => {
      const instance = `steps-${from + index}`;
      await sender.sendAlerts([{ instance, phase: 'steps', startsAt: new Date().toISOString() }]);
    },
  });
  await settled;
}

interface Window {
  readonly open: number;
  readonly windowMs: number;
  readonly isLast: boolean;
}

async function observe(context: PhaseContext, { open, windowMs, isLast }: Window): Promise<Measure[]> {
  const fromMs = wallClockMs();
  await context.meter(`${open} open incidents`, () => sleep(windowMs));
  const untilMs = wallClockMs();
  await sleep(settleMs); // what began in the window reaches the provider
  const steps = await readSteps(context, fromMs, untilMs);
  const pageAt = new Map(
    context.provider.pages.map(({ incidentId, round, step, atMs }) => [
      `${incidentId} ${round} ${step}`,
      atMs,
    ]),
  );
  const onWire = steps.flatMap(({ incidentId, round, step, dueMs }) => {
    const atMs = pageAt.get(`${incidentId} ${round} ${step}`);
    return atMs === undefined ? [] : [atMs - dueMs];
  });
  const begun = quantilesOf(steps.map(({ lateMs }) => lateMs));
  const paged = quantilesOf(onWire);
  const rate = Math.round((steps.length / (untilMs - fromMs)) * 10_000) / 10;
  const at = `${open} open incidents`;
  return [
    { name: `${at}: steps`, value: rate, unit: '/s', note: `${steps.length} steps, ${onWire.length} paged` },
    { name: `${at}: step begun after due, p50`, value: begun.p50, unit: 'ms' },
    {
      name: `${at}: step begun after due, p99`,
      value: begun.p99,
      unit: 'ms',
      ...(isLast && { target: 250, bound: 'most' as const }),
    },
    { name: `${at}: step begun after due, max`, value: begun.max, unit: 'ms' },
    { name: `${at}: page accepted after due, p50`, value: paged.p50, unit: 'ms' },
    { name: `${at}: page accepted after due, p99`, value: paged.p99, unit: 'ms' },
  ];
}
