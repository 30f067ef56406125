import { globSync } from 'node:fs';
import { expect, test } from 'vitest';
import { firstColumnOf, readPage, rootDir } from './markdown-pages.ts';

/** Set by `up` for its children, or the system's own: nothing that anybody is to set. */
const notForReaders = new Set(['PATH', 'HOME']);

test('reference/environment.md names the variables that the code reads, and no others', () => {
  const files = globSync('{api,cli,client,config,dev,workers}/**/*.ts', { cwd: rootDir });
  const sources = files.filter((file) => !file.endsWith('.test.ts')).map(readPage);
  const read = sources.flatMap((source) =>
    [...source.matchAll(/\benv\.([A-Z][A-Z0-9_]+)|optional\('([A-Z0-9_]+)'\)/g)].map(
      ([, direct, optional]) => direct ?? optional ?? '',
    ),
  );
  const wanted = [...new Set(read)].filter((name) => !notForReaders.has(name));
  const told = firstColumnOf(readPage('docs/reference/environment.md'));
  expect(told.toSorted()).toEqual(wanted.toSorted());
});
