import { setTimeout as sleep } from 'node:timers/promises';
import { bodyOf, fingerprintOf } from '../alert-bodies.ts';
import { runOpenLoop } from '../open-loop.ts';
import type { Measure, Phase, PhaseContext } from '../phase.ts';
import { quantilesOf } from '../quantiles.ts';
import { wallClockMs } from '../wall-clock.ts';

const alertsPerBody = 100;
const targetRate = 5_000;
const maxRate = 80_000;
/** The knee: where the 99th percentile passes one second, or anybody is turned away. */
const kneeP99Ms = 1_000;
const teams = ['core', 'payments', 'search', 'mobile'];

interface Round {
  readonly rate: number;
  readonly p99: number;
  readonly refused: number;
  readonly acceptedPerSecond: number;
  readonly measures: Measure[];
  /** Fingerprints of the alerts that were answered 202. */
  readonly acknowledged: readonly string[];
}

/** Alerts that nobody has seen before, in bodies of 100, into four incidents. */
export const accepting: Phase = {
  name: 'accept',
  title: 'accepting',
  async run(context) {
    await round(context, { rate: 1_000, seconds: 2 }); // warms up
    const first = await round(context, { rate: targetRate, seconds: context.quick ? 2 : 20 });
    const lost = await countMissing(context, first.acknowledged);
    const measures = [...targetsOf(first, lost), ...first.measures];
    let last = first;
    for (let rate = targetRate * 2; rate <= maxRate && isBelowKnee(last) && !context.quick; rate *= 2) {
      await untilDispatched(context);
      last = await round(context, { rate, seconds: 10 });
      measures.push(...last.measures);
    }
    return measures;
  },
};

function isBelowKnee({ p99, refused }: Round): boolean {
  return p99 <= kneeP99Ms && refused === 0;
}

async function round(
  context: PhaseContext,
  { rate, seconds }: { rate: number; seconds: number },
): Promise<Round> {
  const total = Math.round((rate * seconds) / alertsPerBody);
  const prefix = `storm${rate}`;
  const bodies = Array.from({ length: total }, (_, index) => stormBody(prefix, index)); // before, not while, it measures
  const latencies: number[] = [];
  const acknowledged: string[] = [];
  const refusals = new Map<number, number>();
  const startedMs = wallClockMs();
  await context.meter(`${rate} alerts/s`, async () => {
    const { settled } = await runOpenLoop({
      ratePerSecond: rate / alertsPerBody,
      total,
      send: async (index, dueMs) => {
        const { status } = await context.sender.sendBody(bodies[index] ?? '');
        latencies.push(wallClockMs() - dueMs);
        if (status === 202) acknowledged.push(...fingerprintsOf(prefix, index));
        else refusals.set(status, (refusals.get(status) ?? 0) + 1);
      },
    });
    await settled;
  });
  const acceptedPerSecond = Math.round(acknowledged.length / ((wallClockMs() - startedMs) / 1_000));
  const { p50, p99, max } = quantilesOf(latencies);
  const refused = [...refusals.values()].reduce((sum, count) => sum + count, 0);
  const turnedAway = [...refusals].map(([status, count]) => `${count} × ${status}`).join(', ');
  const at = `${rate} alerts/s`;
  const note = turnedAway === '' ? `${total} requests` : `${total} requests, of which ${turnedAway}`;
  const measures: Measure[] = [
    { name: `${at}: accepted`, value: acceptedPerSecond, unit: '/s', note },
    { name: `${at}: due → durable answer, p50`, value: p50, unit: 'ms' },
    { name: `${at}: due → durable answer, p99`, value: p99, unit: 'ms' },
    { name: `${at}: due → durable answer, max`, value: max, unit: 'ms' },
  ];
  return { rate, p99, refused, acceptedPerSecond, measures, acknowledged };
}

function targetsOf(first: Round, lost: number): Measure[] {
  return [
    {
      name: 'accepting: alerts/s at that',
      value: first.acceptedPerSecond,
      unit: '/s',
      target: 5_000,
      bound: 'least',
    },
    { name: 'accepting: durable answer, p99', value: first.p99, unit: 'ms', target: 250, bound: 'most' },
    {
      name: 'accepting: acknowledged, not in the log',
      value: lost,
      unit: 'alerts',
      target: 0,
      bound: 'most',
    },
  ];
}

const instanceOf = (prefix: string, body: number, at: number) => `${prefix}-${body * alertsPerBody + at}`;

function stormBody(prefix: string, body: number): string {
  const startsAt = new Date().toISOString();
  const alerts = Array.from({ length: alertsPerBody }, (_, at) => ({
    instance: instanceOf(prefix, body, at),
    phase: 'storm',
    severity: 'warning',
    team: teams[at % teams.length] ?? 'core',
    startsAt,
  }));
  return bodyOf(alerts);
}

function fingerprintsOf(prefix: string, body: number): string[] {
  return Array.from({ length: alertsPerBody }, (_, at) => fingerprintOf(instanceOf(prefix, body, at)));
}

/** What was acknowledged and cannot be found in the log, by identity and not by count. */
async function countMissing({ database }: PhaseContext, acknowledged: readonly string[]): Promise<number> {
  const rows = await database.query<{ fingerprint: string }>(
    `SELECT data->'alert'->>'fingerprint' AS fingerprint FROM events WHERE type = 'AlertFired'`,
  );
  const present = new Set(rows.map(({ fingerprint }) => fingerprint));
  return acknowledged.filter((fingerprint) => !present.has(fingerprint)).length;
}

const drainMs = 60_000;

/** Until dispatch has caught up: its checkpoint reaches the end of the log. */
async function untilDispatched({ database, print }: PhaseContext): Promise<void> {
  const deadline = wallClockMs() + drainMs;
  while (wallClockMs() < deadline) {
    const [row] = await database.query<{ behind: string }>(
      `SELECT (SELECT max(position) FROM event_log WHERE lane < 1000) - max(position) AS behind FROM checkpoints`,
    );
    if (Number(row?.behind ?? 1) <= 0) return;
    await sleep(250);
  }
  print('dispatch has not caught up; the next rate begins behind');
}
