import type { Measure, Phase, PhaseContext } from '../phase.ts';
import { quantilesOf } from '../quantiles.ts';
import { wallClockMs } from '../wall-clock.ts';

const drainMs = 180_000;
/** One in twenty: those that must not wait behind the others. */
const criticalEvery = 20;
const alertsPerBody = 100;

/** A thousand incidents at once, each of its own. */
export const storm: Phase = {
  name: 'storm',
  title: 'a thousand incidents at once',
  async run(context) {
    await fire(context, 'warm', 5);
    const count = context.quick ? 100 : 1_000;
    return await context.meter('storm', () => fire(context, 'storm', count));
  },
};

async function fire({ sender, provider }: PhaseContext, name: string, count: number): Promise<Measure[]> {
  const startsAt = new Date().toISOString();
  const alerts = Array.from({ length: count }, (_, index) => ({
    instance: `${name}-${index}`,
    phase: 'single',
    severity: index % criticalEvery === criticalEvery - 1 ? 'critical' : 'warning',
    startsAt,
  }));
  const sentMs = wallClockMs();
  const bodies = Array.from({ length: Math.ceil(count / alertsPerBody) }, (_, at) =>
    alerts.slice(at * alertsPerBody, (at + 1) * alertsPerBody),
  );
  const refused = (await Promise.all(bodies.map((body) => sender.sendAlerts(body)))).filter(
    ({ status }) => status !== 202,
  );
  const pages = await Promise.all(
    alerts.map(async ({ instance, severity }) => {
      const page = await provider.firstPage(instance, drainMs);
      return { severity, ms: page === undefined ? undefined : page.atMs - sentMs };
    }),
  );
  const arrived = pages.flatMap(({ severity, ms }) => (ms === undefined ? [] : [{ severity, ms }]));
  const all = quantilesOf(arrived.map(({ ms }) => ms));
  const critical = quantilesOf(arrived.filter((it) => it.severity === 'critical').map(({ ms }) => ms));
  const note = `${arrived.length} of ${count} paged, ${refused.length} bodies refused`;
  const perSecond = Math.round((arrived.length / all.max) * 10_000) / 10;
  return [
    { name: 'first pages', value: perSecond, unit: '/s', target: 35, bound: 'least', note },
    { name: 'first page, p50', value: all.p50, unit: 'ms' },
    { name: 'last page', value: all.max, unit: 'ms' },
    { name: 'critical: first page, p50', value: critical.p50, unit: 'ms' },
    { name: 'critical: last page', value: critical.max, unit: 'ms', target: 1_000, bound: 'most' },
  ];
}
