import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createScratchDir } from '../test/support/scratch-dir.ts';
import { runAs } from './postgres-account.ts';

const stranger = { uid: 54_321, gid: 54_321 };

test('without another account a program runs as it is', () => {
  expect(runAs(undefined, '/bin/ls', ['-l'], [])).toEqual({ command: '/bin/ls', args: ['-l'] });
});

test('an account that can reach every path is simply taken', () => {
  expect(runAs(stranger, '/bin/ls', [], ['/bin/data'])).toEqual({
    command: '/bin/ls',
    args: [],
    ...stranger,
  });
});

test('below a folder that the account may not enter it gets the capability to pass', () => {
  using dir = createScratchDir();
  chmodSync(dir.path, 0o700);
  const call = runAs(stranger, '/bin/ls', ['-l'], [join(dir.path, 'data')]);
  expect(call.command).toBe('setpriv');
  expect(call.args.slice(-2)).toEqual(['/bin/ls', '-l']);
  expect(call.uid).toBeUndefined();
});
