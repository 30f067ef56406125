import { expect, test } from 'vitest';
import { createRedeliveries } from './redeliveries.ts';

const first = { incidentId: 'a', keys: ['1'], by: 'amy' };
const second = { incidentId: 'b', keys: ['2'], by: 'bo' };
const third = { incidentId: 'a', keys: ['3'], by: 'cy' };

test('gives each incident its own, the oldest first, once', () => {
  const redeliveries = createRedeliveries();
  for (const redelivery of [first, second, third]) redeliveries.add(redelivery);
  expect(redeliveries.incidentIds()).toEqual(['a', 'b']);
  expect([redeliveries.take('a'), redeliveries.take('a'), redeliveries.take('a')]).toEqual([
    first,
    third,
    undefined,
  ]);
  expect([redeliveries.has('a'), redeliveries.has('b')]).toEqual([false, true]);
});

test('hands what nobody took to the next run', () => {
  const redeliveries = createRedeliveries();
  for (const redelivery of [first, second]) redeliveries.add(redelivery);
  redeliveries.take('a');
  expect(redeliveries.rest()).toEqual([{ references: [], redeliver: second }]);
});
