import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Alert } from '../../domain/alert/alert.ts';
import { limits } from '../../domain/limits.ts';
import { createMatcher } from '../../domain/matcher/matcher.ts';
import { anAlert } from '../an-alert.ts';
import { createLimit } from './limit.ts';

const minute = 60_000;

function aLimit(alerts: number, by: readonly string[] = []) {
  const limit = createLimit({ match: [], alerts, perMs: minute, by });
  return (fingerprint: string, nowMs: number, changes: Partial<Alert> = {}) =>
    limit.process(anAlert({ severity: 'warning', fingerprint, ...changes }), nowMs).kind;
}

test('lets so many alerts through, and others once the span is over', () => {
  const send = aLimit(2);
  expect(['a', 'b', 'c'].map((name) => send(name, 0))).toEqual(['kept', 'kept', 'dropped']);
  expect(send('c', minute - 1)).toBe('dropped');
  expect(send('c', minute)).toBe('kept');
});

test('repeats of an alert that was let through are no new alerts', () => {
  const send = aLimit(1);
  expect(send('a', 0)).toBe('kept');
  expect(send('a', 1)).toBe('kept');
  expect(send('b', 2)).toBe('dropped');
  expect(send('b', minute)).toBe('kept');
  expect(send('a', minute + 1)).toBe('kept');
});

test('an alert that fires anew counts again', () => {
  const send = aLimit(1);
  expect(send('a', 0)).toBe('kept');
  expect(send('a', 1, { status: 'resolved' })).toBe('kept');
  expect(send('a', 2)).toBe('dropped');
});

test('what is critical passes, is not counted, and is not stopped when it becomes less severe', () => {
  const send = aLimit(1);
  expect(send('a', 0, { severity: 'critical' })).toBe('kept');
  expect(send('b', 0)).toBe('kept');
  expect(send('c', 0, { severity: 'critical' })).toBe('kept');
  expect(send('c', 1, { severity: 'info' })).toBe('kept');
  expect(send('d', 1)).toBe('dropped');
});

test('counts each combination of values for itself', () => {
  const send = aLimit(1, ['a', 'b']);
  expect(send('1', 0, { labels: { a: 'x', b: '' } })).toBe('kept');
  expect(send('2', 0, { labels: { a: '', b: 'x' } })).toBe('kept');
  expect(send('3', 0, { labels: { a: 'x' } })).toBe('dropped');
});

test('leaves alone what does not match', () => {
  const match = [createMatcher({ name: 'env', operator: '=', value: 'test' })];
  const limit = createLimit({ match, alerts: 1, perMs: minute, by: [] });
  for (const fingerprint of ['a', 'b', 'c']) {
    expect(limit.process(anAlert({ severity: 'info', fingerprint }), 0).kind).toBe('kept');
  }
});

test('a clock that is set back does not stop everything', () => {
  const send = aLimit(1);
  expect(send('a', 10 * minute)).toBe('kept');
  expect(send('b', 0)).toBe('kept');
});

test('never lets more new alerts through than it may, in any order', () => {
  const steps = fc.array(fc.tuple(fc.nat(9), fc.nat(20_000)), { maxLength: 60 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 4 }), (moves, alerts) => {
      const send = aLimit(alerts);
      const firsts = new Map<string, number>();
      let nowMs = 0;
      for (const [name, stepMs] of moves) {
        nowMs += stepMs;
        if (send(`${name}`, nowMs) === 'kept' && !firsts.has(`${name}`)) firsts.set(`${name}`, nowMs);
      }
      // A span begins with an alert, so two of them may meet within one minute.
      for (const startMs of firsts.values()) {
        const within = [...firsts.values()].filter((at) => at >= startMs && at < startMs + minute);
        expect(within.length).toBeLessThanOrEqual(2 * alerts);
      }
    }),
  );
});

test('remembers a bounded number of keys, and forgets the oldest', () => {
  const send = aLimit(1, ['host']);
  for (let i = 0; i <= limits.maxLimitKeys; i += 1) {
    expect(send(`first-${i}`, 0, { labels: { host: `h${i}` } })).toBe('kept');
  }
  expect(send('second', 1, { labels: { host: `h${limits.maxLimitKeys}` } })).toBe('dropped');
  expect(send('third', 1, { labels: { host: 'h0' } })).toBe('kept');
});
