import { expect, test } from 'vitest';
import { createCoalescer } from './coalesce.ts';

/** Runs that end when the test says so. */
function createRuns() {
  const begun: { readonly argument: string; end(value: string): void; fail(error: Error): void }[] = [];
  const run = (argument: string) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    begun.push({ argument, end: resolve, fail: reject });
    return promise;
  };
  return { begun, run };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('calls while one runs share a single run that begins after it', async () => {
  const { begun, run } = createRuns();
  const call = createCoalescer(run);
  const first = call('a');
  const others = [call('b'), call('c'), call('d')];
  await turn();
  expect(begun.map(({ argument }) => argument)).toEqual(['a']);
  begun[0]?.end('of a');
  expect(await first).toBe('of a');
  await turn();
  expect(begun.map(({ argument }) => argument)).toEqual(['a', 'b']);
  const late = call('e');
  begun[1]?.end('of b');
  expect(await Promise.all(others)).toEqual(['of b', 'of b', 'of b']);
  await turn();
  expect(begun.map(({ argument }) => argument)).toEqual(['a', 'b', 'e']);
  begun[2]?.end('of e');
  expect(await late).toBe('of e');
});

test('a run that fails is told to its own callers only', async () => {
  const { begun, run } = createRuns();
  const call = createCoalescer(run);
  const first = call('a');
  const second = call('b');
  begun[0]?.fail(new Error('no'));
  await expect(first).rejects.toThrow('no');
  await turn();
  begun[1]?.end('of b');
  expect(await second).toBe('of b');
  const third = call('c');
  expect(begun).toHaveLength(3);
  begun[2]?.end('of c');
  expect(await third).toBe('of c');
});
