import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  RetryState,
  TimeoutFailure,
  TimeoutType,
} from '@temporalio/common';
import { expect, test } from 'vitest';
import { deliveredEnd, failedEnd } from './notification-end.ts';

function failureOf(cause: Error): ActivityFailure {
  return new ActivityFailure('activity failed', 'notify', '1', RetryState.TIMEOUT, 'worker', cause);
}

function said(type: string, ...details: unknown[]): ApplicationFailure {
  return ApplicationFailure.create({ message: 'answered 503', type, details });
}

test('tells what was delivered, and after how many attempts', () => {
  expect(deliveredEnd('k', { providerId: 'message', attempts: 2 })).toEqual({
    kind: 'delivered',
    key: 'k',
    providerId: 'message',
    attempts: 2,
  });
});

test('a withdrawn notification is no failure', () => {
  expect(failedEnd('k', failureOf(new CancelledFailure('cancelled')))).toMatchObject({ kind: 'withdrawn' });
});

test.each([
  ['the last attempt may have arrived', said('dead', 5, 'unknown'), { attempts: 5, outcome: 'unknown' }],
  ['the provider was busy', said('dead', 5, 'retry'), { attempts: 5, outcome: 'retry' }],
  ['the provider refused', said('rejected', 1, 'rejected'), { attempts: 1, outcome: 'rejected' }],
])('a dead letter says of its attempts what the activity said: %s', (_, cause, expected) => {
  const end = failedEnd('k', failureOf(cause));
  expect(end).toEqual({ kind: 'dead', key: 'k', reason: 'answered 503', ...expected });
});

test('nothing was sent where no attempt was made', () => {
  expect(failedEnd('k', failureOf(said('dead', 0)))).not.toHaveProperty('outcome');
});

test('of a worker that left no word nobody knows what it did', () => {
  const timeout = new TimeoutFailure('activity timed out', undefined, TimeoutType.HEARTBEAT);
  expect(failedEnd('k', failureOf(timeout))).toMatchObject({
    reason: 'its time was over',
    outcome: 'unknown',
  });
});

test('a reason is cut to what an event keeps', () => {
  const end = failedEnd(
    'k',
    failureOf(ApplicationFailure.create({ message: 'x'.repeat(10_000), type: 'dead' })),
  );
  expect(end).toMatchObject({ kind: 'dead' });
  expect(end.kind === 'dead' ? end.reason.length : 0).toBeLessThanOrEqual(512);
});
