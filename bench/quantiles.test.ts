import { expect, test } from 'vitest';
import { quantilesOf } from './quantiles.ts';

test('takes the nearest rank, whatever the order', () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index);
  expect(quantilesOf(values)).toEqual({ count: 200, p50: 100, p99: 198, p999: 200, max: 200 });
});

test('says nothing about a run that measured nothing', () => {
  expect(quantilesOf([]).p99).toBeNaN();
});
