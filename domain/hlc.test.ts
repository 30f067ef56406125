import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHlc, hlcAt, hlcMs } from './hlc.ts';
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

test('a clock far ahead is followed up to the limit and flagged', () => {
  const clock = createHlc(() => 1_000);
  expect(clock.observe(hlcAt(1_000 + limits.maxClockAheadMs))).toEqual({ isAhead: false });
  expect(clock.observe(hlcAt(9_000 + limits.maxClockAheadMs))).toEqual({ isAhead: true });
  expect(hlcMs(clock.tick())).toBe(1_001 + limits.maxClockAheadMs);
});

test('what it hears of itself does not drive it on', () => {
  const clock = createHlc(() => 1_000);
  for (let i = 0; i < 100; i += 1) clock.observe(clock.tick());
  expect(hlcMs(clock.tick())).toBe(1_000);
});

test('an instant is the first reading of its millisecond', () => {
  const clock = createHlc(() => 1_000);
  expect(BigInt(clock.tick())).toBe(BigInt(hlcAt(1_000)));
  expect(BigInt(clock.tick())).toBeLessThan(BigInt(hlcAt(1_001)));
});

test('readings only ever rise, wherever the wall clock steps and whatever is observed', () => {
  const step = fc.record({
    wallMs: fc.integer({ min: 0, max: 2 ** 41 }),
    observed: fc.option(fc.bigInt({ min: 0n, max: 2n ** 58n }).map(String)),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 200 }), (steps) => {
      let wallMs = 0;
      const clock = createHlc(() => wallMs);
      let last = -1n;
      for (const { wallMs: next, observed: remote } of steps) {
        wallMs = next;
        const observed = remote === null ? undefined : clock.observe(remote);
        const reading = BigInt(clock.tick());
        expect(reading).toBeGreaterThan(last);
        if (observed && !observed.isAhead) expect(reading).toBeGreaterThan(BigInt(remote ?? 0));
        expect(reading).toBeGreaterThanOrEqual(BigInt(wallMs) << 16n);
        last = reading;
      }
    }),
    { numRuns: 1_000 },
  );
});
