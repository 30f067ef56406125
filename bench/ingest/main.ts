import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { machineFacts } from '../machine.ts';
import { type PhaseOptions, type PhaseReport, runAcceptPhase, runFullPhase } from './phases.ts';
import { lineOf } from './round.ts';

// How many alerts a second are accepted, first without and then with everything that follows. It asserts nothing.

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rate: { type: 'string', default: '24000' },
    'full-rate': { type: 'string', default: '12000' },
    seconds: { type: 'string', default: '60' },
    'knee-seconds': { type: 'string', default: '10' },
    'no-knee': { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});
if (values.profile !== undefined) mkdirSync(values.profile, { recursive: true });

let current: AsyncDisposableStack | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void Promise.resolve(current?.disposeAsync()).finally(() => process.exit(130));
  });
}

const phases = [
  { name: 'accept', rate: Number(values.rate), run: runAcceptPhase },
  { name: 'full', rate: Number(values['full-rate']), run: runFullPhase },
];

for (const { name, rate, run } of phases.filter((phase) => (values.only ?? phase.name) === phase.name)) {
  await using open = new AsyncDisposableStack();
  current = open;
  const options: PhaseOptions = {
    rate,
    seconds: Number(values.seconds),
    kneeSeconds: Number(values['knee-seconds']),
    findKnee: !values['no-knee'],
    ...(values.profile !== undefined && { profileDir: values.profile }),
  };
  console.log(`${name}: ${rate} alerts/s for ${options.seconds} s`);
  print(await run(open, options));
}

function print({ rounds, knee, lost, doubled, critical, postgresMajor }: PhaseReport): void {
  console.log(new Date().toISOString(), machineFacts(postgresMajor));
  console.table(rounds.map(lineOf));
  console.log(
    `knee: ${knee} alerts/s; acknowledged and not in the log: ${lost}; twice in the log: ${doubled}`,
  );
  if (critical !== undefined) console.log('critical alert → accepted by the provider, ms:', critical);
}
