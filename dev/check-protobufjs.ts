import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * `npm run check:protobufjs`: every Temporal package has to get the one protobufjs 8 at the root, because with 7 the
 * replay of a JSON history throws. A 7 of its own below another package does no harm.
 */
const modules = fileURLToPath(new URL('../node_modules', import.meta.url));
const wanted = realpathSync(join(modules, 'protobufjs', 'package.json'));
const { version } = JSON.parse(readFileSync(wanted, 'utf8')) as { version: string };
const packages = readdirSync(join(modules, '@temporalio')).map((name) => `@temporalio/${name}`);
const strangers = packages.filter((name) => resolveFrom(join(modules, name)) !== wanted);

if (!version.startsWith('8.')) console.error(`node_modules/protobufjs is ${version} and not 8`);
for (const name of strangers)
  console.error(`${name} gets another protobufjs: ${resolveFrom(join(modules, name))}`);
if (packages.length === 0) console.error('no Temporal package is installed');
const isGood = version.startsWith('8.') && strangers.length === 0 && packages.length > 0;
if (isGood) console.log(`protobufjs ${version} for ${packages.length} Temporal packages`);
process.exitCode = isGood ? 0 : 1;

function resolveFrom(folder: string): string {
  return realpathSync(createRequire(join(folder, 'package.json')).resolve('protobufjs/package.json'));
}
