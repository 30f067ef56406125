import { expect, it } from 'vitest';
import { limits } from '../../domain/limits.ts';
import { createBreaker } from './breaker.ts';

function aBreaker() {
  const clock = { ms: 0 };
  return { clock, breaker: createBreaker(() => clock.ms) };
}

it('lets everybody through while nothing fails', () => {
  const { breaker } = aBreaker();
  expect([breaker.allows(), breaker.allows()]).toEqual([true, true]);
});

it('lets one caller try after the pause, and the others only after it succeeded', () => {
  const { breaker, clock } = aBreaker();
  breaker.failed();
  expect(breaker.allows()).toBe(false);
  clock.ms += 101;
  expect([breaker.allows(), breaker.allows()]).toEqual([true, false]);
  breaker.succeeded();
  expect([breaker.allows(), breaker.allows()]).toEqual([true, true]);
});

it('doubles the pause with every failed try up to the limit', () => {
  const { breaker, clock } = aBreaker();
  const pauses: number[] = [];
  for (let tries = 0; tries < 10; tries += 1) {
    breaker.failed();
    const from = clock.ms;
    while (!breaker.allows()) clock.ms += 10;
    pauses.push(clock.ms - from);
  }
  expect(pauses.slice(0, 3)).toEqual([100, 200, 400]);
  expect(pauses.at(-1)).toBe(limits.maxRedisPauseMs);
});

it('counts calls that fail together as one failure', () => {
  const { breaker, clock } = aBreaker();
  for (let calls = 0; calls < 50; calls += 1) breaker.failed();
  clock.ms += 101;
  expect(breaker.allows()).toBe(true);
});
