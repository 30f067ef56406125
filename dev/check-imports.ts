import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkImports } from './import-rules.ts';

/** `npm run check:imports`: prints each import that the table forbids and ends with 1 when there is one. */
const root = fileURLToPath(new URL('..', import.meta.url));
const ignored = ['node_modules/**', 'dist/**', '.tocsin/**'];
const files = globSync('**/*.ts', { cwd: root, exclude: ignored }).map((file) => file.replaceAll('\\', '/'));
const packageJson = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

const findings = checkImports({
  files: new Map(files.map((file) => [file, readFileSync(`${root}/${file}`, 'utf8')])),
  dependencies: new Set(Object.keys(packageJson.dependencies)),
  devDependencies: new Set(Object.keys(packageJson.devDependencies)),
});
for (const { file, line, reason } of findings) console.error(`${file}:${line}: ${reason}`);
console.log(`${files.length} files, ${findings.length} forbidden imports`);
process.exitCode = findings.length === 0 ? 0 : 1;
