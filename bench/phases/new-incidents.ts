import { setTimeout as sleep } from 'node:timers/promises';
import { runOpenLoop } from '../open-loop.ts';
import type { Measure, Phase, PhaseContext } from '../phase.ts';
import { quantilesOf } from '../quantiles.ts';
import { wallClockMs } from '../wall-clock.ts';

const ratesPerSecond = [10, 20, 30, 40];
const drainMs = 30_000;
/** Of the alerts sent, paged by the time the last one is sent: over 20 s, at most one second's worth is missing. */
const keepsUpFrom = 0.95;

interface Round {
  readonly rate: number;
  readonly deliveredPerSecond: number;
  readonly backlogAtEnd: number;
  readonly measures: Measure[];
}

/** New incidents, each of its own, at fixed rates; every one has to be paged. */
export const newIncidents: Phase = {
  name: 'incidents',
  title: 'sustained new incidents',
  async run(context) {
    await round(context, { rate: 5, seconds: 2 }); // warms up
    const rounds: Round[] = [];
    for (const rate of ratesPerSecond)
      rounds.push(await round(context, { rate, seconds: context.quick ? 2 : 20 }));
    const kept = rounds.filter(({ rate, deliveredPerSecond }) => deliveredPerSecond >= rate * keepsUpFrom);
    const best = kept.at(-1);
    return [
      ...rounds.flatMap(({ measures }) => measures),
      {
        name: 'highest rate that pages keep up with',
        value: best?.rate ?? 0,
        unit: '/s',
        target: 30,
        bound: 'least',
        note: '95 % are paged when the last alert is sent',
      },
      {
        name: 'most pages delivered',
        value: Math.max(...rounds.map((it) => it.deliveredPerSecond)),
        unit: '/s',
      },
    ];
  },
};

async function round(
  context: PhaseContext,
  { rate, seconds }: { rate: number; seconds: number },
): Promise<Round> {
  const { sender, provider, meter, print } = context;
  const total = rate * seconds;
  const instanceOf = (index: number) => `new-${rate}-${index}`;
  const dues: number[] = [];
  const statuses: number[] = [];
  const startedMs = wallClockMs();
  const endMs = await meter(`${rate} new incidents/s`, async () => {
    await runOpenLoop({
      ratePerSecond: rate,
      total,
      send: async (index, dueMs) => {
        dues[index] = dueMs;
        const alert = { instance: instanceOf(index), phase: 'single', startsAt: new Date().toISOString() };
        statuses.push((await sender.sendAlerts([alert])).status);
      },
    });
    return wallClockMs();
  });
  const pages = await Promise.all(dues.map((_, index) => provider.firstPage(instanceOf(index), drainMs)));
  const arrivals = pages.flatMap((page, index) =>
    page === undefined ? [] : [{ atMs: page.atMs, dueMs: dues[index] ?? 0 }],
  );
  const inTime = arrivals.filter(({ atMs }) => atMs <= endMs).length;
  const refused = statuses.filter((status) => status !== 202).length;
  if (refused > 0 || arrivals.length < total)
    print(`${rate}/s: ${refused} refused, ${total - arrivals.length} never paged`);
  await sleep(context.quick ? 500 : 5_000); // projections catch up, so that the next rate begins at rest
  const latency = quantilesOf(arrivals.map(({ atMs, dueMs }) => atMs - dueMs));
  const deliveredPerSecond = Math.round((inTime / (endMs - startedMs)) * 10_000) / 10;
  const backlogAtEnd = total - inTime;
  return {
    rate,
    deliveredPerSecond,
    backlogAtEnd,
    measures: measuresOf({ rate, deliveredPerSecond, backlogAtEnd, latency }),
  };
}

interface Figures {
  readonly rate: number;
  readonly deliveredPerSecond: number;
  readonly backlogAtEnd: number;
  readonly latency: ReturnType<typeof quantilesOf>;
}

function measuresOf({ rate, deliveredPerSecond, backlogAtEnd, latency }: Figures): Measure[] {
  const at = `${rate} new incidents/s`;
  return [
    {
      name: `${at}: pages delivered`,
      value: deliveredPerSecond,
      unit: '/s',
      note: `${backlogAtEnd} behind at the end`,
    },
    { name: `${at}: page, p50`, value: latency.p50, unit: 'ms' },
    { name: `${at}: page, p99`, value: latency.p99, unit: 'ms' },
  ];
}
