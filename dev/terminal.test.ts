import { expect, test } from 'vitest';
import { describeError, describeEvent, isPageLine, printable } from './terminal.ts';

test('nothing that commands a terminal gets through', () => {
  expect(printable('disk \u001b[2J\u0007full\u202e')).toBe('disk \uFFFD[2J\uFFFDfull\uFFFD');
});

test.each([
  ['PAGE critical disk', true],
  ['UPDATE acknowledged', true],
  ['RESOLVED disk', true],
  ['{"msg":"PAGE "}', false],
  ['PAGER', false],
])('%s is for the human: %s', (line, expected) => {
  expect(isPageLine(line)).toBe(expected);
});

test('a death is told with its reason, a first start is not', () => {
  const died = {
    kind: 'died',
    name: 'worker',
    how: 'exit code 1',
    restartInMs: 100,
    logTail: 'a\nb',
  } as const;
  expect(describeEvent(died)).toBe('worker    died (exit code 1), restart in 100 ms; its log ends with: b');
  expect(describeEvent({ kind: 'started', name: 'worker', pid: 1, restarts: 0 })).toBeUndefined();
});

test('an error is told with its causes', () => {
  expect(describeError(new Error('a', { cause: new Error('b') }))).toBe('a: b');
});

test('what went wrong first is told before what closing up made of it', () => {
  const error = new SuppressedError(new Error('not closed'), new Error('no port'));
  expect(describeError(error)).toBe('no port; then not closed');
});
