import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ExplainedPolicy } from '../domain/policy/explain-policy.ts';
import { diffPolicies, stepText } from './diff-policy.ts';

const policyOf = (waits: readonly number[], more: Partial<ExplainedPolicy> = {}): ExplainedPolicy => ({
  name: 'p',
  repeat: 0,
  steps: waits.map((wait, step) => ({
    step,
    after: '0s',
    notify: [{ target: 'user:amy' }],
    wait: `${wait}m`,
  })),
  ...more,
});

const changesOf = (before: readonly number[], after: readonly number[]) =>
  diffPolicies('p', policyOf(before), policyOf(after)).steps.map(
    ({ change, step, text }) => `${change} ${step} ${/\d+m/.exec(text)?.[0]}`,
  );

test('a step put in front changes no other', () => {
  expect(changesOf([1, 2, 3], [9, 1, 2, 3])).toEqual(['added 0 9m']);
  expect(changesOf([1, 2, 3], [1, 3])).toEqual(['removed 1 2m']);
  expect(changesOf([1, 2], [1, 5])).toEqual(['removed 1 2m', 'added 1 5m']);
});

test('the changes make the one policy of the other, and the same makes none', () => {
  const waits = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 12 });
  fc.assert(
    fc.property(waits, waits, (before, after) => {
      const { steps, same } = diffPolicies('p', policyOf(before), policyOf(after));
      const removed = new Set(steps.flatMap(({ change, step }) => (change === 'removed' ? [step] : [])));
      const added = new Map(
        steps.flatMap(({ change, step, text }) => (change === 'added' ? [[step, text]] : [])),
      );
      const kept = policyOf(before)
        .steps.filter(({ step }) => !removed.has(step))
        .map(stepText);
      const rebuilt = after.map((_, step) => added.get(step) ?? kept.shift());
      expect(rebuilt).toEqual(policyOf(after).steps.map(stepText));
      expect(kept).toEqual([]);
      expect(same).toBe(before.join() === after.join());
    }),
  );
});

test('tells settings that came, changed and went, and what is paged last', () => {
  const before = policyOf([1], { ackTimeout: '30m', maxAge: '1h' });
  const onExhausted = [{ target: 'channel:ops', provider: 'slack' }];
  const after = policyOf([1], { repeat: 2, ackTimeout: '1h', urgency: 'low', onExhausted });
  expect(diffPolicies('p', before, after)).toEqual({
    name: 'p',
    same: false,
    settings: [
      { name: 'ackTimeout', from: '30m', to: '1h' },
      { name: 'maxAge', from: '1h', to: null },
      { name: 'repeat', from: null, to: '2' },
      { name: 'urgency', from: null, to: 'low' },
      { name: 'onExhausted', from: null, to: 'channel:ops (slack)' },
    ],
    steps: [],
  });
});

test('a policy that comes or goes is all change', () => {
  const { settings, steps } = diffPolicies('p', undefined, policyOf([1]));
  expect(settings).toContainEqual({ name: 'exists', from: null, to: 'yes' });
  expect(steps).toEqual([{ change: 'added', step: 0, text: 'user:amy, wait 1m' }]);
  expect(diffPolicies('p', policyOf([1]), undefined).steps).toMatchObject([{ change: 'removed' }]);
});

test('says all of a step', () => {
  expect(
    stepText({
      step: 3,
      after: '0s',
      notify: [{ target: 'channel:ops', provider: 'slack' }, { target: 'user:amy' }],
      wait: '5m',
      mode: 'all_or_nothing',
      if: ['at least 10 alerts', 'within business'],
      delayUntil: 'business',
      roundRobin: true,
    }),
  ).toBe(
    'channel:ops (slack) and user:amy, wait 5m, all or nothing, one in turn, delayed until business, if at least 10 alerts and within business',
  );
});
