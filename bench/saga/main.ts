import { parseArgs } from 'node:util';
import { machineFacts } from '../machine.ts';
import type { Phase } from '../phase.ts';
import { type PhaseReport, printReport, writeReport } from '../report.ts';
import { runPhase } from '../run-phase.ts';
import { oneIncident } from './one-incident.ts';
import { outage } from './outage.ts';
import { patient } from './patient.ts';
import { storm } from './storm.ts';

// npm run bench:saga [-- --only NAME] [--incidents N] [--quick]: what escalating costs. It reports and asserts nothing.

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    incidents: { type: 'string', default: '10000' },
    quick: { type: 'boolean', default: false },
  },
});
const phases: readonly Phase[] = [oneIncident, storm, outage, patient(Number(values.incidents))];

let current: AsyncDisposableStack | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void Promise.resolve(current?.disposeAsync()).finally(() => process.exit(130));
  });
}

const reports: PhaseReport[] = [];
let postgresMajor = 0;
for (const phase of phases.filter(({ name }) => values.only?.includes(name) ?? true)) {
  console.log(`${phase.title} …`);
  await using open = new AsyncDisposableStack();
  current = open;
  const print = (line: string) => console.log(`  ${line}`);
  const report = await runPhase(phase, { open, print, quick: values.quick });
  postgresMajor = report.postgresMajor;
  reports.push(report);
  console.table(report.measures);
}
const date = new Date().toISOString();
const report = { date, quick: values.quick, machine: machineFacts(postgresMajor), phases: reports };
console.log(report.machine);
printReport(report);
console.log(`written to ${writeReport(report)}`);
