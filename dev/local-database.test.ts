import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createScratchDir } from '../test/support/scratch-dir.ts';
import { localDatabaseUrl, localToken } from './local-database.ts';

test('a running local stack is found by the files of its PostgreSQL', () => {
  using dir = createScratchDir();
  mkdirSync(join(dir.path, 'postgres'));
  writeFileSync(
    join(dir.path, 'postgres', 'postmaster.pid'),
    '4711\n/data\n1767603600\n54329\n\n127.0.0.1\n',
  );
  writeFileSync(join(dir.path, 'postgres-password'), 'a-secret\n');
  writeFileSync(join(dir.path, 'token'), 'tcs_1234\n');
  expect(localDatabaseUrl(dir.path)).toBe('postgres://tocsin:a-secret@127.0.0.1:54329/tocsin');
  expect(localToken(dir.path)).toBe('tcs_1234');
});

test('a stack that does not run has no database, and its folder is not made', () => {
  using dir = createScratchDir();
  const missing = join(dir.path, 'nowhere');
  expect(localDatabaseUrl(missing)).toBeUndefined();
  expect(localToken(missing)).toBeUndefined();
  expect(existsSync(missing)).toBe(false);
});
