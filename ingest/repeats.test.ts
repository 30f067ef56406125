import { expect, test } from 'vitest';
import { createRepeatCounter, type RepeatCounter } from './repeats.ts';

const startsAt = '2026-08-01T10:00:00.000Z';
const later = '2026-08-01T11:00:00.000Z';

function aCounter(maxStreams = 100) {
  const clock = { nowMs: 0 };
  const counter = createRepeatCounter({ now: () => clock.nowMs, flushMs: 60_000, maxStreams });
  return { clock, counter };
}

function takeDue(counter: RepeatCounter, options?: { readonly all: boolean }) {
  return counter.take(counter.listDue(options));
}

test('repeats are due a minute after the first of them, however many follow', () => {
  const { clock, counter } = aCounter();
  counter.keep('a', { startsAt, count: 1 });
  clock.nowMs = 59_999;
  counter.keep('a', { startsAt, count: 2 });
  expect(takeDue(counter)).toEqual([]);
  clock.nowMs = 60_000;
  expect(takeDue(counter)).toEqual([{ stream: 'a', startsAt, count: 2 }]);
  expect(takeDue(counter)).toEqual([]);
});

test('another episode begins a minute of its own', () => {
  const { clock, counter } = aCounter();
  counter.keep('a', { startsAt, count: 5 });
  clock.nowMs = 30_000;
  counter.keep('b', { startsAt, count: 1 });
  counter.keep('a', { startsAt: later, count: 1 });
  clock.nowMs = 60_000;
  expect(takeDue(counter)).toEqual([]);
  clock.nowMs = 90_000;
  expect(takeDue(counter).map(({ stream }) => stream)).toEqual(['b', 'a']);
});

test('beyond the limit the oldest counts are due early', () => {
  const { counter } = aCounter(2);
  for (const stream of ['a', 'b', 'c', 'd']) counter.keep(stream, { startsAt, count: 1 });
  expect(takeDue(counter).map(({ stream }) => stream)).toEqual(['a', 'b']);
  expect(counter.size()).toBe(2);
});

test('what is forgotten is not written', () => {
  const { counter } = aCounter();
  counter.keep('a', { startsAt, count: 1 });
  counter.keep('a', undefined);
  expect(takeDue(counter, { all: true })).toEqual([]);
});

test('one take is no more than one commit', () => {
  const { counter } = aCounter(10_000);
  for (let i = 0; i < 1_500; i += 1) counter.keep(`s${i}`, { startsAt, count: 1 });
  expect(takeDue(counter, { all: true })).toHaveLength(1_000);
  expect(takeDue(counter, { all: true })).toHaveLength(500);
});

test('what was forgotten between the list and the taking is not written', () => {
  const { counter } = aCounter();
  counter.keep('a', { startsAt, count: 1 });
  const due = counter.listDue({ all: true });
  counter.keep('a', undefined);
  expect(counter.take(due)).toEqual([]);
});
