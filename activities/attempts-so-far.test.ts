import { describe, expect, it } from 'vitest';
import type { DeliveryOutcome } from '../domain/events/delivery-events.ts';
import type { RecordedEvent } from '../domain/events/envelope.ts';
import { attemptsSoFar, progressAtStart, readProgress } from './attempts-so-far.ts';

function anAttempt(attempt: number, outcome: DeliveryOutcome = 'retry'): RecordedEvent {
  const data = { key: 'k', attempt, outcome, reason: 'answered 503' };
  return {
    lane: 1000,
    position: attempt,
    stream: 'delivery-k',
    version: attempt - 1,
    eventId: `${attempt}`,
    hlc: '0',
    recordedAt: '2026-03-01T12:00:00.000Z',
    body: { type: 'DeliveryAttempted', data },
    metadata: {},
  };
}

describe('attempts so far', () => {
  it.each([
    // recorded, run, progress -> next, first, lost
    ['a first run', 0, 1, undefined, 1, 1, false],
    ['a run after one that was recorded', 1, 2, { first: 1, begun: 1 }, 2, 1, false],
    ['a run after one that left no record', 1, 3, { first: 1, begun: 2 }, 2, 1, true],
    ['a run after one that left no word at all', 0, 2, undefined, 1, 1, true],
    ['a run after one of an older version', 1, 2, undefined, 2, 1, false],
    ['a run after some that only waited', 0, 9, { first: 1, begun: 0 }, 1, 1, false],
    ['a run after one that could not even read', 3, 2, { first: 0, begun: 0 }, 4, 4, false],
    ['a redelivery', 5, 1, undefined, 6, 6, false],
    ['the second run of a redelivery', 6, 2, { first: 6, begun: 6 }, 7, 6, false],
  ] as const)('of %s', (_name, recorded, run, progress, next, first, isOneLost) => {
    const events = Array.from({ length: recorded }, (_, index) => anAttempt(index + 1));
    expect(attemptsSoFar(events, { run, progress })).toMatchObject({
      next,
      first,
      isOneLost,
      version: recorded - 1,
    });
  });

  it('fears a run that left no word also after one that could not even read', () => {
    const told = progressAtStart({ run: 2, progress: undefined });
    expect(attemptsSoFar([], { run: 3, progress: told })).toMatchObject({ isOneLost: true });
    const first = progressAtStart({ run: 1, progress: undefined });
    expect(attemptsSoFar([], { run: 2, progress: first })).toMatchObject({ isOneLost: false, first: 1 });
  });

  it.each([undefined, null, 7, 'x', {}, { first: 1 }, { first: '1', begun: 1 }, { first: 1.5, begun: 1 }])(
    'makes nothing of the details %j',
    (details) => {
      expect(readProgress(details)).toBeUndefined();
    },
  );

  it('reads what a run told', () => {
    expect(readProgress({ first: 1, begun: 2, more: 'later versions' })).toEqual({ first: 1, begun: 2 });
  });
});
