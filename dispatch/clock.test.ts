import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { limits } from '../domain/limits.ts';
import { quietLogger } from '../test/support/quiet-logger.ts';
import { type Look, startClock } from './clock.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const ticks = (count: number) => vi.advanceTimersByTimeAsync(count * limits.clockTickMs);

function aLock() {
  const state = { isFree: true, isHeld: false };
  const held = {
    isHeld: () => state.isHeld,
    async release() {
      state.isHeld = false;
    },
  };
  const takeLock = async () => {
    if (!state.isFree) return undefined;
    state.isHeld = true;
    return held;
  };
  return { state, takeLock };
}

function counted(everyMs: number, work: () => Promise<void> = async () => {}): Look & { count: number } {
  const look = {
    count: 0,
    everyMs,
    async look() {
      look.count += 1;
      await work();
    },
  };
  return look;
}

function clockOf(looks: readonly Look[], lock = aLock(), now: () => number = Date.now) {
  return startClock({ takeLock: lock.takeLock, looks, logger: quietLogger(), now });
}

test('only the holder of the lock looks, and it takes the lock anew when it is lost', async () => {
  const [look, lock] = [counted(0), aLock()];
  lock.state.isFree = false;
  const clock = clockOf([look], lock);
  await ticks(2);
  expect([look.count, clock.isHolder()]).toEqual([0, false]);
  lock.state.isFree = true;
  await ticks(1);
  expect([look.count, clock.isHolder()]).toEqual([1, true]);
  Object.assign(lock.state, { isFree: false, isHeld: false });
  await ticks(1);
  expect([look.count, clock.isHolder()]).toEqual([1, false]);
  await clock.close();
});

test('looks as often as each wants', async () => {
  const [often, seldom] = [counted(0), counted(10 * limits.clockTickMs)];
  const clock = clockOf([often, seldom]);
  await ticks(21);
  expect([often.count, seldom.count]).toEqual([21, 3]);
  await clock.close();
});

test('a look that fails, and one that takes long, keep the clock from no other', async () => {
  const slow = Promise.withResolvers<void>();
  const looks = [
    counted(0, () => slow.promise),
    counted(0, async () => {
      throw new Error('no way');
    }),
    counted(0),
  ];
  const clock = clockOf(looks);
  await ticks(5);
  expect(looks.map(({ count }) => count)).toEqual([1, 5, 5]);
  slow.resolve();
  await ticks(1);
  expect(looks[0]?.count).toBe(2);
  await clock.close();
});

test('goes on looking when the clock of the machine is put back', async () => {
  let backMs = 0;
  const look = counted(1_000);
  const clock = clockOf([look], aLock(), () => Date.now() - backMs);
  await ticks(1);
  backMs = 3_600_000;
  await ticks(1);
  expect(look.count).toBe(2);
  await clock.close();
});

test('is closed only when what it looks at is through', async () => {
  const slow = Promise.withResolvers<void>();
  const clock = clockOf([counted(0, () => slow.promise)]);
  await ticks(1);
  let isClosed = false;
  const closing = clock.close().then(() => {
    isClosed = true;
  });
  await ticks(1);
  expect(isClosed).toBe(false);
  slow.resolve();
  await closing;
});

test('a look that took long rests as much longer as it asks for', async () => {
  const work = () => new Promise<void>((resolve) => setTimeout(resolve, limits.clockTickMs));
  const seen: number[] = [];
  const counting: Look = {
    everyMs: 0,
    rest: 20,
    async look() {
      seen.push(Date.now());
      await work();
    },
  };
  const clock = clockOf([counting]);
  await ticks(60);
  const gaps = seen.slice(1).map((at, index) => at - (seen[index] ?? 0));
  expect(gaps.length).toBeGreaterThan(0);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(20 * limits.clockTickMs);
  await clock.close();
});
