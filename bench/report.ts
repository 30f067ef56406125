import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Measure } from './phase.ts';
import type { CpuSeconds } from './process-usage.ts';

export interface CpuWindow {
  readonly phase: string;
  readonly window: string;
  readonly seconds: number;
  readonly cpu: CpuSeconds;
}

export interface PhaseReport {
  readonly phase: string;
  readonly title: string;
  /** One-minute load average before: what else the machine was doing. */
  readonly loadBefore: number;
  readonly measures: readonly Measure[];
  readonly windows: readonly CpuWindow[];
  readonly memoryMb: Readonly<Record<string, number | undefined>>;
  /** Processes that died; then the figures are worth little. */
  readonly deaths: number;
}

export interface Report {
  readonly date: string;
  readonly quick: boolean;
  readonly machine: object;
  readonly phases: readonly PhaseReport[];
}

export function printReport({ phases }: Report): void {
  console.table(
    phases.flatMap(({ title, measures }) => measures.map((measure) => measureRow(title, measure))),
  );
  console.log('cores in use, by process');
  console.table(phases.flatMap(({ windows }) => windows.map(cpuRow)));
  console.log('resident memory after the phase, MB');
  console.table(
    phases.map(({ title, loadBefore, memoryMb, deaths }) => ({
      phase: title,
      ...memoryMb,
      loadBefore,
      deaths,
    })),
  );
}

export function writeReport(report: Report): string {
  const folder = fileURLToPath(new URL('./results/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  const file = `${folder}${report.date.replaceAll(':', '-')}.json`;
  writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
  return file;
}

function measureRow(phase: string, { name, value, unit, target, bound, note }: Measure) {
  const isMet = target === undefined ? undefined : bound === 'least' ? value >= target : value <= target;
  return {
    phase,
    measure: name,
    value: `${value} ${unit}`,
    target: target === undefined ? '' : `${bound === 'least' ? '≥' : '≤'} ${target}`,
    met: isMet === undefined ? '' : isMet ? 'yes' : 'no',
    note: note ?? '',
  };
}

function cpuRow({ phase, window, seconds, cpu }: CpuWindow) {
  const cores = Object.fromEntries(
    Object.entries(cpu).map(([name, used]) => [name, Math.round((used / seconds) * 100) / 100]),
  );
  return { phase, window, ...cores };
}
