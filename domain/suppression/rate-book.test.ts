import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { createRateBook, type RateQuestion } from './rate-book.ts';

let episodes = 0;
function ask(nowMs: number, overrides: Partial<RateQuestion> = {}): RateQuestion {
  episodes += 1;
  return { key: 'k', episode: `e${episodes}`, limit: 2, perMs: 100, nowMs, ...overrides };
}

test('lets so many through in any window, and says when there is room again', () => {
  const book = createRateBook();
  expect(book.take(ask(0))).toBeUndefined();
  expect(book.take(ask(40))).toBeUndefined();
  const waits = ask(50);
  expect(book.take(waits)).toBe(100);
  expect(book.take({ ...waits, nowMs: 99 })).toBe(100);
  expect(book.take({ ...waits, nowMs: 100 })).toBeUndefined();
  expect(book.take(ask(139))).toBe(140);
});

test('those that wait are told one after the other, so that none of them asks in vain', () => {
  const book = createRateBook();
  const start = [0, 40].map((nowMs) => ask(nowMs));
  for (const question of start) expect(book.take(question)).toBeUndefined();
  const waiting = Array.from({ length: 5 }, () => ask(50));
  const told = waiting.map((question) => book.take(question) ?? 0);
  expect(told).toEqual([100, 140, 200, 240, 300]);
  for (const [at, question] of waiting.entries()) {
    expect(book.take({ ...question, nowMs: told[at] ?? 0 })).toBeUndefined();
  }
});

test('a hundred thousand that wait cost no more each than one', () => {
  const book = createRateBook();
  const wide = { limit: 10_000, perMs: 1_000_000 };
  for (let count = 0; count < 110_000; count += 1) book.take(ask(count, wide));
  expect(book.take(ask(110_000, wide))).toBe(11_000_000);
}, 5_000);

test('what stands ahead of a clock that was put back is forgotten', () => {
  const book = createRateBook();
  expect(book.take(ask(10_000_000, { limit: 1 }))).toBeUndefined();
  expect(book.take(ask(10_000_000 - limits.maxClockAheadMs, { limit: 1 }))).toBe(10_000_100);
  expect(book.take(ask(1_000, { limit: 1 }))).toBeUndefined();
});

test('asked again about one that was let through, it counts nothing; one that was refused is asked anew', () => {
  const book = createRateBook();
  expect(book.take(ask(0, { episode: 'a', limit: 1 }))).toBeUndefined();
  expect(book.take(ask(1, { episode: 'a', limit: 1 }))).toBeUndefined();
  expect(book.take(ask(2, { episode: 'b', limit: 1 }))).toBe(100);
  expect(book.take(ask(3, { episode: 'b', limit: 1 }))).toBe(100);
  expect(book.take(ask(3, { episode: 'c', limit: 1 }))).toBe(200);
  expect(book.take(ask(100, { episode: 'b', limit: 1 }))).toBeUndefined();
});

test('keys do not count for each other', () => {
  const book = createRateBook();
  expect(book.take(ask(0, { limit: 1 }))).toBeUndefined();
  expect(book.take(ask(0, { limit: 1, key: 'other' }))).toBeUndefined();
});

test('a limit that a reload lowered makes room once enough have left the window', () => {
  const book = createRateBook();
  for (const nowMs of [0, 10, 20, 30]) book.take(ask(nowMs, { limit: 4 }));
  expect(book.take(ask(40, { limit: 2 }))).toBe(120);
  expect(book.take(ask(40, { limit: 0 }))).toBe(140);
});

test('forgets what was used longest ago beyond its limits', () => {
  const book = createRateBook();
  const key = (number: number) => ({ key: `k${number}`, limit: 1, perMs: 1_000_000 });
  for (let number = 0; number <= limits.maxRateKeys; number += 1) book.take(ask(number, key(number)));
  expect(book.take(ask(20_000, key(1)))).toBe(1_000_001);
  expect(book.take(ask(20_000, key(0)))).toBeUndefined();
});

test('what is new takes no place of what waited for it, unless that does not come', () => {
  const book = createRateBook();
  const one = { limit: 1, perMs: 10_000 };
  const waits = ask(0, one);
  book.take(ask(0, one));
  expect(book.take(waits)).toBe(10_000);
  const keptMs = 10_000 + limits.ratePlaceKeptMs;
  expect(book.take(ask(10_000, one))).toBe(keptMs);
  expect(book.take({ ...waits, nowMs: 10_400 })).toBeUndefined();
  expect(book.take(ask(10_500, one))).toBe(20_400);
  expect(book.take(ask(20_400, one))).toBe(20_400 + limits.ratePlaceKeptMs);
  expect(book.take(ask(20_400 + limits.ratePlaceKeptMs, one))).toBeUndefined();
});

test('never lets more through than the limit in any window, and keeps nobody waiting without a reason', () => {
  const question = fc.record({
    pauseMs: fc.integer({ min: 0, max: 60 }),
    episode: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
  });
  const scene = fc.record({ limit: fc.integer({ min: 1, max: 4 }), questions: fc.array(question) });
  fc.assert(
    fc.property(scene, ({ limit, questions }) => {
      const book = createRateBook();
      const passed: { atMs: number; episode: string }[] = [];
      const told = new Map<string, number>();
      let nowMs = 0;
      for (const { pauseMs, episode } of questions) {
        nowMs += pauseMs;
        const inWindow = passed.filter(({ atMs }) => atMs > nowMs - 100);
        const roomMs = book.take({ key: 'k', episode, limit, perMs: 100, nowMs });
        if (inWindow.some((it) => it.episode === episode)) {
          expect(roomMs).toBeUndefined();
        } else if (roomMs === undefined) {
          expect(inWindow.length).toBeLessThan(limit);
          passed.push({ atMs: nowMs, episode });
          told.delete(episode);
        } else {
          expect(roomMs).toBeGreaterThan(nowMs);
          expect(inWindow.length + told.size).toBeGreaterThanOrEqual(limit);
          told.set(episode, roomMs);
        }
      }
    }),
    { numRuns: 500 },
  );
});
