import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machineFacts } from './machine.ts';
import type { Phase } from './phase.ts';
import { accepting } from './phases/accepting.ts';
import { atRest } from './phases/at-rest.ts';
import { newIncidents } from './phases/new-incidents.ts';
import { stepLateness } from './phases/step-lateness.ts';
import { type PhaseReport, printReport, writeReport } from './report.ts';
import { runPhase } from './run-phase.ts';

// npm run bench [-- --only NAME] [--quick] [--profile DIR]: reports, never asserts.

const phases: readonly Phase[] = [atRest, newIncidents, stepLateness, accepting];
const storeBench = 'store';

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});
const names = [...phases.map(({ name }) => name), storeBench];
const wanted = values.only ?? names;
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')}; there are ${names.join(', ')}`);
  process.exit(2);
}
if (values.profile !== undefined) mkdirSync(values.profile, { recursive: true });

let current: AsyncDisposableStack | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void Promise.resolve(current?.disposeAsync()).finally(() => process.exit(130));
  });
}

const reports: PhaseReport[] = [];
let postgresMajor = 0;
for (const phase of phases.filter(({ name }) => wanted.includes(name))) {
  const report = await runAlone(phase);
  postgresMajor = report.postgresMajor;
  reports.push(report);
}
if (reports.length > 0) {
  const date = new Date().toISOString();
  const report = { date, quick: values.quick, machine: machineFacts(postgresMajor), phases: reports };
  console.log(report.machine);
  printReport(report);
  console.log(`written to ${writeReport(report)}`);
}
if (wanted.includes(storeBench)) runStoreBench();

async function runAlone(phase: Phase) {
  console.log(`${phase.title} …`);
  await using open = new AsyncDisposableStack();
  current = open;
  const print = (line: string) => console.log(`  ${line}`);
  const profileDir = values.profile;
  return await runPhase(phase, {
    open,
    print,
    quick: values.quick,
    ...(profileDir !== undefined && { profileDir }),
  });
}

/** The event log alone, without the product around it. */
function runStoreBench(): void {
  const file = fileURLToPath(new URL('./store.ts', import.meta.url));
  const seconds = values.quick ? '2' : '10';
  spawnSync(process.execPath, [...process.execArgv, file, '--seconds', seconds], { stdio: 'inherit' });
}
