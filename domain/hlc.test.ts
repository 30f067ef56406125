import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHlc, hlcMs } from './hlc.ts';
import { limits } from './limits.ts';

test('a reading holds the wall clock above a counter of 16 bits', () => {
  const clock = createHlc(() => 1_767_225_600_000);
  expect(BigInt(clock.tick())).toBe(1_767_225_600_000n << 16n);
  expect(BigInt(clock.tick())).toBe((1_767_225_600_000n << 16n) + 1n);
});

test('a full counter borrows from the next millisecond', () => {
  const clock = createHlc(() => 1_000);
  for (let i = 0; i < 0x10000; i += 1) clock.tick();
  expect(hlcMs(clock.tick())).toBe(1_001);
});

test('a clock far ahead is taken in up to the limit and flagged', () => {
  const clock = createHlc(() => 1_000);
  expect(clock.observe(1_000 + limits.maxClockAheadMs)).toEqual({ isAhead: false });
  expect(clock.observe(1_001 + limits.maxClockAheadMs)).toEqual({ isAhead: true });
  expect(hlcMs(clock.tick())).toBe(1_001 + limits.maxClockAheadMs);
});

test('readings only ever rise, wherever the wall clock steps and whatever is observed', () => {
  const step = fc.record({
    wallMs: fc.integer({ min: 0, max: 2 ** 41 }),
    observedMs: fc.option(fc.integer({ min: 0, max: 2 ** 42 })),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 200 }), (steps) => {
      let wallMs = 0;
      const clock = createHlc(() => wallMs);
      let last = -1n;
      for (const { wallMs: next, observedMs } of steps) {
        wallMs = next;
        const observed = observedMs === null ? undefined : clock.observe(observedMs);
        const reading = BigInt(clock.tick());
        expect(reading).toBeGreaterThan(last);
        if (observed && !observed.isAhead) expect(reading >> 16n).toBeGreaterThan(BigInt(observedMs ?? 0));
        expect(reading).toBeGreaterThanOrEqual(BigInt(wallMs) << 16n);
        last = reading;
      }
    }),
    { numRuns: 1_000 },
  );
});
