import { setTimeout as sleep } from 'node:timers/promises';
import type { Measure, Phase, PhaseContext } from '../phase.ts';
import { quantilesOf } from '../quantiles.ts';
import { wallClockMs } from '../wall-clock.ts';

const warmUps = 10;
const pageTimeoutMs = 15_000;

interface Sample {
  readonly pageMs: number;
  readonly pageAfterAcceptMs: number;
  readonly acknowledgeMs: number;
}

/** One incident at a time: fire, page, acknowledge, clear, a pause. */
export const atRest: Phase = {
  name: 'rest',
  title: 'at rest',
  async run(context) {
    for (let index = 0; index < warmUps; index += 1) await oneIncident(context, `warm-${index}`);
    const samples: (Sample | undefined)[] = [];
    const total = context.quick ? 20 : 200;
    await context.meter('at rest', async () => {
      for (let index = 0; index < total; index += 1)
        samples.push(await oneIncident(context, `rest-${index}`));
    });
    return measuresOf(samples);
  },
};

async function oneIncident(
  { sender, provider, print }: PhaseContext,
  instance: string,
): Promise<Sample | undefined> {
  const alert = { instance, phase: 'single', startsAt: new Date().toISOString() };
  const sentMs = wallClockMs();
  const accepted = await sender.sendAlerts([alert]);
  const acceptedMs = wallClockMs();
  const page = await provider.firstPage(instance, pageTimeoutMs);
  if (accepted.status !== 202 || page === undefined) {
    print(`${instance}: status ${accepted.status}, ${page === undefined ? 'no page' : 'paged'}`);
    return undefined;
  }
  const acknowledgingMs = wallClockMs();
  const acknowledged = await sender.post(`/v1/incidents/${page.incidentId}/acknowledge`, '{"by":"bench"}');
  const acknowledgeMs = wallClockMs() - acknowledgingMs;
  if (acknowledged.status !== 200)
    print(`${instance}: acknowledge ${acknowledged.status} ${acknowledged.body}`);
  await sender.sendAlerts([{ ...alert, status: 'resolved' }]);
  await sleep(200 + 100 * Math.random());
  return { pageMs: page.atMs - sentMs, pageAfterAcceptMs: page.atMs - acceptedMs, acknowledgeMs };
}

function measuresOf(samples: readonly (Sample | undefined)[]): Measure[] {
  const good = samples.filter((sample) => sample !== undefined);
  const page = quantilesOf(good.map(({ pageMs }) => pageMs));
  const afterAccept = quantilesOf(good.map(({ pageAfterAcceptMs }) => pageAfterAcceptMs));
  const acknowledge = quantilesOf(good.map(({ acknowledgeMs }) => acknowledgeMs));
  const note = `${good.length} of ${samples.length} incidents`;
  return [
    { name: 'alert sent → page accepted, p50', value: page.p50, unit: 'ms', target: 40, bound: 'most', note },
    { name: 'alert sent → page accepted, p99', value: page.p99, unit: 'ms', target: 200, bound: 'most' },
    { name: 'alert sent → page accepted, max', value: page.max, unit: 'ms' },
    { name: '202 received → page accepted, p50', value: afterAccept.p50, unit: 'ms' },
    { name: 'acknowledge over HTTP, p50', value: acknowledge.p50, unit: 'ms' },
    { name: 'acknowledge over HTTP, p99', value: acknowledge.p99, unit: 'ms', target: 100, bound: 'most' },
    { name: 'acknowledge over HTTP, max', value: acknowledge.max, unit: 'ms' },
  ];
}
