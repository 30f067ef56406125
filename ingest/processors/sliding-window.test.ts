import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSlidingWindow } from './sliding-window.ts';

function distanceByHand(values: readonly number[], value: number): number {
  const mean = values.reduce((sum, one) => sum + one / values.length, 0);
  const variance = values.reduce((sum, one) => sum + (one - mean) ** 2 / values.length, 0);
  return Math.abs(value - mean) / Math.sqrt(variance);
}

test('agrees with sums over the window, whatever went through it', () => {
  const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 3, maxLength: 200 });
  fc.assert(
    fc.property(numbers, fc.integer({ min: 2, max: 30 }), (values, capacity) => {
      const window = createSlidingWindow(capacity);
      for (const value of values) window.add(value);
      const held = values.slice(-capacity);
      expect(window.size()).toBe(held.length);
      const expected = distanceByHand(held, 1e7);
      if (Number.isFinite(expected) && expected < 1e6) {
        expect(window.distanceOf(1e7) / expected).toBeCloseTo(1, 5);
      }
    }),
    { numRuns: 500 },
  );
});

test('keeps its precision far from zero, where sums of squares would lose it', () => {
  const window = createSlidingWindow(7);
  const noise = (i: number) => 1e9 + (i % 3);
  for (let i = 0; i < 100_000; i += 1) window.add(noise(i));
  const held = Array.from({ length: 7 }, (_, i) => noise(99_993 + i));
  expect(window.distanceOf(1e9 + 10)).toBeCloseTo(distanceByHand(held, 1e9 + 10), 4);
});

test('recovers from a number that dwarfs all others', () => {
  const window = createSlidingWindow(5);
  for (const value of [1, 2, 1e150, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2]) window.add(value);
  expect(window.distanceOf(1.5)).toBeLessThan(1);
  expect(window.distanceOf(100)).toBeGreaterThan(100);
});

test('anything else stands out from what never changed, but for the last digits of a sum', () => {
  const window = createSlidingWindow(10);
  for (let i = 0; i < 25; i += 1) window.add(0.1);
  expect(window.distanceOf(0.1)).toBe(0);
  expect(window.distanceOf(0.1 + 1e-15)).toBe(0);
  expect(window.distanceOf(0.2)).toBeGreaterThan(1_000);
});
