import { compareWithLog } from './missing-alerts.ts';
import { bodiesOf, lineOf, type Round, runRound } from './round.ts';
import { alertsPerBody, type Target } from './target.ts';

export interface CampaignOptions {
  /** Alerts a second that have to be borne, and for how long. */
  readonly rate: number;
  readonly seconds: number;
  /** Whether to go on until the knee. */
  readonly findKnee: boolean;
  readonly kneeSeconds: number;
}

export interface CampaignReport {
  readonly rounds: readonly Round[];
  /** The highest rate with a 99th percentile of at most a second and nobody turned away; 0 when there was none. */
  readonly knee: number;
  readonly lost: number;
  readonly doubled: number;
}

const warmUp = { rate: 2_000, seconds: 5 };
const kneeP99Ms = 1_000;
const kneeStep = 1.15;
const maxKneeRounds = 20;

/** The rate that is asked for, and then higher and higher ones, or lower ones if that was too high already. */
export async function runCampaign(target: Target, options: CampaignOptions): Promise<CampaignReport> {
  const rounds: Round[] = [];
  let nextBody = 0;
  const run = async (plan: { readonly rate: number; readonly seconds: number }): Promise<Round> => {
    const round = await runRound(target, { ...plan, firstBody: nextBody });
    nextBody += bodiesOf(plan);
    rounds.push(round);
    return round;
  };
  await run(warmUp);
  const first = await run(options);
  console.table([lineOf(first)]);
  if (options.findKnee) await climb(first, (rate) => run({ rate, seconds: options.kneeSeconds }));
  const acknowledged = rounds.flatMap((round) => round.acknowledged);
  const { lost, doubled } = await compareWithLog(target.database, acknowledged, alertsPerBody);
  const below = rounds.filter(isBelowKnee).map(({ rate }) => rate);
  return { rounds: rounds.slice(1), knee: Math.max(0, ...below.slice(1)), lost, doubled };
}

async function climb(first: Round, run: (rate: number) => Promise<Round>): Promise<void> {
  const goesUp = isBelowKnee(first);
  const factor = goesUp ? kneeStep : 1 / kneeStep;
  let { rate } = first;
  for (let count = 0; count < maxKneeRounds; count += 1) {
    rate = Math.round((rate * factor) / alertsPerBody) * alertsPerBody;
    const round = await run(rate);
    console.table([lineOf(round)]);
    if (isBelowKnee(round) !== goesUp) return;
  }
}

function isBelowKnee({ p99, refused }: Round): boolean {
  return p99 <= kneeP99Ms && refused.length === 0;
}
