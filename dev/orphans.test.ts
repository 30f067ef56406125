import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createScratchDir } from '../test/support/scratch-dir.ts';
import { type Child, startChild } from './child.ts';
import { stopOrphans } from './orphans.ts';

const forever = 'setInterval(() => {}, 1000)';

function startMarked(dir: string, ...marks: string[]): Promise<Child> {
  const args = ['-e', forever, ...marks];
  return startChild({ name: 'orphan', command: process.execPath, args, logFile: join(dir, 'log') });
}

test('an orphan of an earlier run is stopped and its pid file removed', async () => {
  using dir = createScratchDir();
  const child = await startMarked(dir.path, 'worker', dir.path);
  const pidFile = join(dir.path, 'worker.pid');
  writeFileSync(pidFile, `${child.pid}\n`);
  const lines: string[] = [];
  const report = (line: string) => lines.push(line);
  await stopOrphans({ orphans: [{ name: 'worker', pidFile, marks: [`worker ${dir.path}`] }], report });
  expect(await child.exited).toEqual({ code: null, signal: 'SIGTERM' });
  expect(lines).toEqual([`stopping worker of an earlier run (pid ${child.pid})`]);
});

test('a frozen orphan is stopped too', async () => {
  using dir = createScratchDir();
  const child = await startMarked(dir.path, dir.path);
  process.kill(child.pid, 'SIGSTOP');
  const pidFile = join(dir.path, 'worker.pid');
  writeFileSync(pidFile, `${child.pid}\n`);
  await stopOrphans({ orphans: [{ name: 'worker', pidFile, marks: [dir.path] }], report: () => {} });
  expect((await child.exited).signal).toBe('SIGTERM');
});

test('a pid that belongs to another process is never signalled', async () => {
  using dir = createScratchDir();
  // The same path with more behind it is another data directory.
  const child = await startMarked(dir.path, `${dir.path}-of-somebody-else`);
  const pidFile = join(dir.path, 'worker.pid');
  writeFileSync(pidFile, `${child.pid}\n`);
  await stopOrphans({ orphans: [{ name: 'worker', pidFile, marks: [dir.path] }], report: () => {} });
  expect(child.hasExited()).toBe(false);
  await child.stop();
});

test.each(['', 'abc', '-1', '0', '1 2', '99999999999999999999'])(
  'a pid file with %j names nobody',
  async (text) => {
    using dir = createScratchDir();
    const pidFile = join(dir.path, 'worker.pid');
    writeFileSync(pidFile, text);
    const lines: string[] = [];
    await stopOrphans({
      orphans: [{ name: 'worker', pidFile, marks: [] }],
      report: (line) => lines.push(line),
    });
    expect(lines).toEqual([]);
  },
);
