import { expect, test } from 'vitest';
import { limits } from '../domain/limits.ts';
import { createAppendQueue } from './append-queue.ts';
import { createPendingAppends, type PendingAppend } from './pending-append.ts';

function pendingsOf(
  sizes: readonly number[],
  options: { deadlineMs?: number; text?: string } = {},
): readonly PendingAppend[] {
  const event = { body: { type: 'AlertFired', data: { text: options.text ?? '' } }, metadata: {} };
  return createPendingAppends(
    sizes.map((size, i) => ({
      stream: `alert-${i}`,
      expectedVersion: -1,
      events: Array.from({ length: size }, () => event),
    })),
    options.deadlineMs ?? 0,
  );
}

test('takes everything that waits, in order, up to what a commit may hold', () => {
  const queue = createAppendQueue();
  const first = pendingsOf([400]);
  const second = pendingsOf([400]);
  const third = pendingsOf([400]);
  for (const pendings of [first, second, third]) queue.push(pendings);
  expect(queue.take()).toEqual([...first, ...second]);
  expect(queue.take()).toEqual(third);
  expect(queue.take()).toEqual([]);
  expect(queue.isEmpty()).toBe(true);
});

test('keeps the requests of one call together where a commit can hold them', () => {
  const queue = createAppendQueue();
  const small = pendingsOf([300]);
  const together = pendingsOf([400, 400]);
  const large = pendingsOf([700, 700]);
  for (const pendings of [small, together, large]) queue.push(pendings);
  expect(queue.take()).toEqual(small);
  expect(queue.take()).toEqual(together);
  expect(queue.take()).toEqual([large[0]]);
  expect(queue.take()).toEqual([large[1]]);
});

test('a commit is bounded in bytes, yet a single large request goes through', () => {
  const queue = createAppendQueue();
  const text = 'x'.repeat(limits.maxBatchBytes);
  queue.push(pendingsOf([1, 1, 1], { text }));
  expect([queue.take().length, queue.take().length, queue.take().length]).toEqual([1, 1, 1]);
});

test('refuses what would exceed its events or bytes, and takes nothing of it', () => {
  const queue = createAppendQueue();
  const most = Array.from({ length: limits.maxQueuedAppendEvents / 1_000 }, () => 1_000);
  queue.push(pendingsOf(most));
  expect(() => queue.push(pendingsOf([1]))).toThrow(expect.objectContaining({ code: 'overloaded' }));
  queue.take();
  queue.push(pendingsOf([1]));

  const heavy = createAppendQueue();
  const text = 'x'.repeat(limits.maxQueuedAppendBytes / 2);
  heavy.push(pendingsOf([1], { text }));
  expect(() => heavy.push(pendingsOf([1], { text }))).toThrow(
    expect.objectContaining({ code: 'overloaded' }),
  );
});

test('what is put back comes first', () => {
  const queue = createAppendQueue();
  const first = pendingsOf([1]);
  const second = pendingsOf([1]);
  queue.push(first);
  const taken = queue.take();
  queue.push(second);
  queue.putBack(taken);
  expect(queue.take()).toEqual([...first, ...second]);
});

test('what has waited too long is taken out, the rest stays', () => {
  const queue = createAppendQueue();
  const old = pendingsOf([1], { deadlineMs: 100 });
  const young = pendingsOf([1], { deadlineMs: 200 });
  queue.push(old);
  queue.push(young);
  expect(queue.takeExpired(99)).toEqual([]);
  expect(queue.takeExpired(100)).toEqual(old);
  expect(queue.takeAll()).toEqual(young);
});
