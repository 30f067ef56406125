import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startLoopLag } from './loop-lag.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A loop whose every turn takes `turnMs` longer than it should. */
function aSlowLoop() {
  const clock = { nowMs: 0 };
  const lag = startLoopLag({ now: () => clock.nowMs, everyMs: 100 });
  const turn = (lateMs: number) => {
    clock.nowMs += 100 + lateMs;
    vi.advanceTimersByTime(100);
  };
  return { lag, turn };
}

test('a loop in time has no lag', () => {
  const { lag, turn } = aSlowLoop();
  for (let i = 0; i < 10; i += 1) turn(0);
  expect(lag.lagMs()).toBe(0);
});

test('one long turn counts for a part, and is soon forgotten', () => {
  const { lag, turn } = aSlowLoop();
  turn(1_000);
  expect(lag.lagMs()).toBeCloseTo(300);
  for (let i = 0; i < 10; i += 1) turn(0);
  expect(lag.lagMs()).toBeLessThan(10);
});

test('a loop that stays late is seen within some turns', () => {
  const { lag, turn } = aSlowLoop();
  for (let i = 0; i < 8; i += 1) turn(600);
  expect(lag.lagMs()).toBeGreaterThan(500);
  expect(lag.lagMs()).toBeLessThanOrEqual(600);
});

test('looks no more after it is closed', () => {
  const { lag, turn } = aSlowLoop();
  lag.close();
  turn(1_000);
  expect(lag.lagMs()).toBe(0);
});
