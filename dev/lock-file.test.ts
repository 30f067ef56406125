import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createScratchDir } from '../test/support/scratch-dir.ts';
import { takeLockFile } from './lock-file.ts';

test('a lock is held by one process at a time', () => {
  using dir = createScratchDir();
  const file = join(dir.path, 'lock');
  const lock = takeLockFile(file, 'it runs already');
  expect(() => takeLockFile(file, 'it runs already')).toThrow(`it runs already (pid ${process.pid})`);
  lock.release();
  expect(existsSync(file)).toBe(false);
  takeLockFile(file, 'it runs already').release();
});

test.each([
  ['a process that is gone', '4194000 1\n'],
  ['another process with the pid of the dead holder', `${process.pid} 1\n`],
  ['nobody', 'what is this'],
])('a lock of %s is taken over', (_, text) => {
  using dir = createScratchDir();
  const file = join(dir.path, 'lock');
  writeFileSync(file, text);
  const lock = takeLockFile(file, 'it runs already');
  expect(() => takeLockFile(file, 'it runs already')).toThrow('it runs already');
  lock.release();
});
