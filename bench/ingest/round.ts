import { cpuBetween, readCpuSeconds, readMachineSeconds, readRssMb } from '../process-usage.ts';
import { quantilesOf } from '../quantiles.ts';
import type { LoadResult } from './messages.ts';
import { alertsPerBody, type Target } from './target.ts';
import { untilViewsCaughtUp, viewsBehind } from './views-behind.ts';

export interface Round {
  readonly rate: number;
  readonly acceptedPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  /** Requests by status that were not answered 202. */
  readonly refused: LoadResult['refusals'];
  /** How far the generator itself was behind, at most. */
  readonly lateMs: number;
  /** Events whose alert view was not written when the last answer came, and how long they took. */
  readonly viewsBehind: number;
  readonly viewsMs: number;
  /** Cores in use, by process; `machine` is everything on it, `stolen` what its host gave to others. */
  readonly cores: Readonly<Record<string, number>>;
  readonly serverMb: number;
  /** Bodies of which every alert was accepted. */
  readonly acknowledged: readonly number[];
}

export interface RoundOptions {
  readonly rate: number;
  readonly seconds: number;
  /** Every body is sent once in a run. */
  readonly firstBody: number;
}

export function bodiesOf({ rate, seconds }: Pick<RoundOptions, 'rate' | 'seconds'>): number {
  return Math.round((rate * seconds) / alertsPerBody);
}

/** Sends at one rate for some time, and waits for the views afterwards. */
export async function runRound(target: Target, { rate, seconds, firstBody }: RoundOptions): Promise<Round> {
  const { port, path, generator, pids, database } = target;
  const all = new Map([...pids, ['generator', generator.pid]]);
  const cpu = () => {
    const { busy, stolen } = readMachineSeconds();
    return { ...readCpuSeconds(all), machine: busy, stolen };
  };
  const [before, startedMs] = [cpu(), performance.now()];
  const order = { port, path, alertsPerSecond: rate, alertsPerBody, seconds, firstBody };
  const { latenciesMs, acknowledged, refusals, lateMs } = await generator.run(order);
  const tookSeconds = (performance.now() - startedMs) / 1_000;
  const used = cpuBetween(before, cpu());
  const { p50, p99, p999, max } = quantilesOf(latenciesMs);
  return {
    ...{ rate, p50, p99, p999, max, lateMs: Math.round(lateMs) },
    acceptedPerSecond: Math.round((acknowledged.length * alertsPerBody) / tookSeconds),
    refused: refusals,
    viewsBehind: await viewsBehind(database),
    viewsMs: await untilViewsCaughtUp(database),
    cores: Object.fromEntries(Object.entries(used).map(([name, s]) => [name, round2(s / tookSeconds)])),
    serverMb: readRssMb(pids.get('server') ?? 0) ?? 0,
    acknowledged,
  };
}

/** One line of the table. */
export function lineOf({ refused, cores, acknowledged: _, ...figures }: Round) {
  const turnedAway = refused.map(([status, count]) => `${count} × ${status}`).join(', ');
  return { ...figures, refused: turnedAway, ...cores };
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
