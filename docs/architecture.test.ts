import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importTable } from '../dev/import-table.ts';
import { importTableText } from './import-table-text.ts';
import { readPage, rootDir } from './markdown-pages.ts';

const architecture = readPage('ARCHITECTURE.md');

test('ARCHITECTURE.md has the import table that `npm run check:imports` holds the code to', () => {
  expect(architecture).toContain(importTableText());
});

test('ARCHITECTURE.md tells what each folder of the table is for', () => {
  const told = new Set([...architecture.matchAll(/^- `([a-z]+)\/`/gm)].map(({ 1: folder }) => folder));
  const folders = [...importTable.keys()].filter((folder) => existsSync(join(rootDir, folder)));
  expect(folders.filter((folder) => !told.has(folder))).toEqual([]);
});
