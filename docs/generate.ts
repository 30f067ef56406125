import { writeFile } from 'node:fs/promises';
import { cliReference } from './cli-reference.ts';
import { configReference } from './config-reference.ts';
import { errorReference } from './error-reference.ts';
import { eventReference } from './event-reference.ts';
import { metricReference } from './metric-reference.ts';

/** The generated pages by their path below this folder; `generate.test.ts` holds the committed ones equal to them. */
export async function generatedPages(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['reference/cli.md', cliReference()],
    ['reference/configuration.md', configReference()],
    ['reference/errors.md', errorReference()],
    ['reference/events.md', eventReference()],
    ['reference/metrics.md', await metricReference()],
  ]);
}

if (import.meta.main) {
  for (const [path, text] of await generatedPages()) {
    await writeFile(new URL(path, import.meta.url), text);
  }
}
