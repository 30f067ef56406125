import fc from 'fast-check';
import { expect, it } from 'vitest';
import { faultThreshold } from './fault-rates.ts';

it.each([
  [[], 0.5],
  [[0, 0, 0], 0.5],
  [[0.1, 0.2], 0.5],
  [[0.6, 0.6, 0.6], 0.6],
  [[0.4, 0.6], 0.7],
  [[1, 1], 0.9],
])('after the shares %j it is %d', (shares, threshold) => {
  expect(faultThreshold(shares)).toBeCloseTo(threshold);
});

it('stays between a half and nine tenths', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 }), (shares) => {
      const threshold = faultThreshold(shares);
      expect(threshold).toBeGreaterThanOrEqual(0.5);
      expect(threshold).toBeLessThanOrEqual(0.9);
    }),
  );
});
