import { setTimeout as sleep } from 'node:timers/promises';
import { runOpenLoop } from '../open-loop.ts';
import type { Measure, Phase } from '../phase.ts';
import { quantilesOf } from '../quantiles.ts';
import { wallClockMs } from '../wall-clock.ts';

const downMs = 30_000;
const waitMs = 90_000;

/** A provider answers 503 for 30 s: the next channel is paged meanwhile, and what it missed goes out when it is back. */
export const outage: Phase = {
  name: 'outage',
  title: 'a provider is down for 30 s',
  async run({ sender, provider, meter, quick }) {
    const total = quick ? 5 : 20;
    const dues: number[] = [];
    const downFromMs = wallClockMs();
    provider.setDown(true);
    await meter('down', async () => {
      await runOpenLoop({
        ratePerSecond: 1,
        total,
        send: async (index, dueMs) => {
          dues[index] = dueMs;
          const startsAt = new Date().toISOString();
          await sender.sendAlerts([{ instance: `outage-${index}`, phase: 'outage', startsAt }]);
        },
      });
      await sleep(Math.max(0, downFromMs + downMs - wallClockMs()));
    });
    const backMs = wallClockMs();
    provider.setDown(false);
    const arrival = (path: string, index: number) =>
      provider.pages.find((page) => page.path === path && page.instance === `outage-${index}`)?.atMs;
    const indexes = dues.map((_, index) => index);
    const isComplete = () => indexes.every((index) => arrival('/flaky', index) !== undefined);
    while (!isComplete() && wallClockMs() < backMs + waitMs) await sleep(100);
    const next = indexes.flatMap((index) => {
      const atMs = arrival('/page', index);
      return atMs === undefined ? [] : [atMs - (dues[index] ?? 0)];
    });
    const late = indexes.flatMap((index) => {
      const atMs = arrival('/flaky', index);
      return atMs === undefined ? [] : [Math.max(0, atMs - backMs)];
    });
    return measuresOf(quantilesOf(next), quantilesOf(late), total);
  },
};

type Quantiles = ReturnType<typeof quantilesOf>;

function measuresOf(next: Quantiles, late: Quantiles, total: number): Measure[] {
  const paged = `${next.count} of ${total}`;
  const out = `${late.count} of ${total}`;
  return [
    { name: 'next channel paged after the alert, p50', value: next.p50, unit: 'ms', note: paged },
    { name: 'next channel paged after the alert, max', value: next.max, unit: 'ms' },
    { name: 'pages out after its return, p50', value: late.p50, unit: 'ms', note: out },
    { name: 'pages out after its return, max', value: late.max, unit: 'ms', target: 5_000, bound: 'most' },
  ];
}
