import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { scaffoldNotifier } from './notifier-scaffold.ts';

/** `npm run new:notifier NAME`, from the root: writes a notifier that works against its own test server, to be made real. */
const [provider = ''] = process.argv.slice(2);
const root = process.cwd();
const read = (path: string) =>
  existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined;

try {
  const { created, changed } = scaffoldNotifier({ provider, read });
  for (const { path, text } of [...created, ...changed]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  for (const { path } of created) console.log(`written  ${path}`);
  for (const { path } of changed) console.log(`changed  ${path}`);
  console.log(
    [
      '',
      'Then:',
      `1. npx biome check --write ${[...created, ...changed].map(({ path }) => path).join(' ')}`,
      `2. npx vitest run --project unit ${created[0] === undefined ? '' : dirname(created[0].path)}`,
      "3. the provider's protocol into the test server, its limits into the message, its errors into the notifier;",
      '   each test that is to do becomes a test',
      '4. the page under docs/how-to/, and node docs/generate.ts for the reference',
    ].join('\n'),
  );
} catch (error) {
  console.error(`new:notifier: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
