import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { readTemporalSettings } from '../dev/temporal-settings.ts';

/** What a figure depends on besides the code. */
export function machineFacts(postgresMajor: number) {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    node: process.version,
    postgres: postgresMajor,
    temporalCli: readTemporalSettings().version,
  };
}

/** Averages of one minute: what else the machine was doing. */
export function loadNow(): number {
  return Math.round((loadavg()[0] ?? 0) * 100) / 100;
}
