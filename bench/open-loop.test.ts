import { expect, test } from 'vitest';
import { runOpenLoop } from './open-loop.ts';

test('goes on sending while nothing is answered', async () => {
  const { promise: never, resolve } = Promise.withResolvers<void>();
  const sent: number[] = [];
  const { settled } = await runOpenLoop({
    ratePerSecond: 1_000,
    total: 50,
    send: (index) => {
      sent.push(index);
      return never;
    },
  });
  expect(sent).toEqual(Array.from({ length: 50 }, (_, index) => index));
  resolve();
  await settled;
});

test('spaces what is due by the rate', async () => {
  const dues: number[] = [];
  const { settled } = await runOpenLoop({
    ratePerSecond: 100,
    total: 5,
    send: async (_, dueMs) => void dues.push(dueMs),
  });
  await settled;
  const gaps = dues.slice(1).map((due, index) => Math.round(due - (dues[index] ?? 0)));
  expect(gaps).toEqual([10, 10, 10, 10]);
});
