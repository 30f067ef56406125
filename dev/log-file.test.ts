import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createScratchDir } from '../test/support/scratch-dir.ts';
import { followLog, readLogTail, rotateLog } from './log-file.ts';

test('follows whole lines, also where a character or a line comes in two parts', () => {
  using dir = createScratchDir();
  const file = join(dir.path, 'worker.log');
  const lines: string[] = [];
  const log = followLog({ file, onLine: (line) => lines.push(line), everyMs: 60_000 });
  const bytes = Buffer.from('PAGE für amy\nlast');
  appendFileSync(file, bytes.subarray(0, 7));
  log.read();
  appendFileSync(file, bytes.subarray(7));
  log.close();
  expect(lines).toEqual(['PAGE für amy']);
});

test('starts anew when the log was truncated or has grown too large, and loses no line', () => {
  using dir = createScratchDir();
  const file = join(dir.path, 'worker.log');
  const lines: string[] = [];
  const log = followLog({ file, onLine: (line) => lines.push(line), maxBytes: 20, everyMs: 60_000 });
  appendFileSync(file, 'one two three four five six\n');
  log.read();
  expect(statSync(file).size).toBe(0);
  expect(readFileSync(`${file}.1`, 'utf8')).toContain('four');
  appendFileSync(file, 'next\n');
  log.close();
  expect(lines).toEqual(['one two three four five six', 'next']);
});

test('keeps the log of one earlier run and shows the end of one', () => {
  using dir = createScratchDir();
  const file = join(dir.path, 'server.log');
  rotateLog(file);
  appendFileSync(file, `${'x'.repeat(10_000)}\nthe reason\n`);
  expect(readLogTail(file)).toMatch(/x\nthe reason$/);
  expect(readLogTail(file).length).toBeLessThanOrEqual(4_096);
  rotateLog(file);
  expect(readLogTail(file)).toBe('');
  expect(readLogTail(`${file}.1`)).toContain('the reason');
});
