import { parseArgs } from 'node:util';
import { decidingBenches } from './deciding.ts';
import { judgingBench, patternSilencesBench } from './judging.ts';
import { parsingBenches } from './parsing.ts';
import { processorBenches } from './processors.ts';
import { reloadBench } from './reload.ts';
import { newGroupsBench, routingBench } from './routing.ts';
import type { MicroBench } from './run-for.ts';
import { writingBenches } from './writing.ts';

// The parts of the accept path one by one, without HTTP, database or anything else beside them.

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '1' }, only: { type: 'string', default: '' } },
});

const benches: readonly MicroBench[] = [
  ...parsingBenches,
  ...processorBenches.map((bench) => ({ ...bench, name: `processor: ${bench.name}` })),
  routingBench,
  newGroupsBench,
  judgingBench,
  patternSilencesBench,
  ...decidingBenches,
  ...writingBenches,
];

console.table(
  benches
    .filter(({ name }) => name.includes(values.only))
    .map(({ name, run }) => {
      const { perSecond } = run(Number(values.seconds));
      return {
        part: name,
        'alerts/s': Math.round(perSecond / 100) * 100,
        'µs an alert': Math.round(1e8 / perSecond) / 100,
      };
    }),
);

if ('reload'.includes(values.only)) {
  console.log('reload of 500 routes, ms:', await reloadBench.run(Number(values.seconds) * 5));
}
