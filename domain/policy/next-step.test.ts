import { describe, expect, test } from 'vitest';
import {
  aCourse,
  answerAll,
  answerWith,
  channel,
  command,
  courseStartMs,
  person,
  requestsOf,
  stepsOf,
  typesOf,
  user,
} from '../../test/support/incident-course.ts';
import { aReference } from '../../test/support/incident-events.ts';
import type { StepReason } from '../events/incident-events.ts';
import { nothingHappened, takeTurn } from '../incident/turn.ts';
import type { StepQuestion, StepResolution } from '../people/step-resolution.ts';
import { planNext } from './plan.ts';
import type { Condition } from './policy.ts';

const never: Condition = { kind: 'alerts', atLeast: 1_000 };
const chat = { targets: [channel('chat')], waitMs: 60_000 };
const boss = { targets: [channel('boss')], waitMs: 60_000 };
const unlikely = { ...chat, when: [never] };

/** Conditions never hold, and whoever is named is paged. */
function skipping(question: StepQuestion): StepResolution {
  return question.when.length > 0 ? { kind: 'skip', reason: 'condition', notes: [] } : answerAll(question);
}

describe('a step whose condition does not hold', () => {
  test('is skipped, and the next one begins at once', () => {
    const course = aCourse({ steps: [unlikely, boss], repeat: 0 }, { answer: skipping });
    course.until(0);
    expect(stepsOf(course)).toEqual(['0.0 skipped condition at 0', '0.1 skipped at 0']);
    expect(requestsOf(course)).toEqual(['page channel:boss at 0']);
  });

  test('in between leaves the wait of the step before it as it is', () => {
    const course = aCourse({ steps: [chat, unlikely, boss], repeat: 0 }, { answer: skipping });
    course.until(60_000);
    expect(stepsOf(course)).toEqual([
      '0.0 opened at 0',
      '0.1 skipped condition at 60000',
      '0.2 skipped at 60000',
    ]);
  });

  test('at the end of a round does not shorten the wait of the step before it', () => {
    const undeliverable = { steps: [{ ...chat, waitMs: 300_000 }, unlikely], repeat: 1 };
    const course = aCourse(undeliverable, { answer: skipping, fate: () => 'rejected' });
    course.until(300_000);
    expect(stepsOf(course).slice(0, 3)).toEqual([
      '0.0 opened at 0',
      '0.1 skipped condition at 0',
      '1.0 repeat at 300000',
    ]);
  });

  test('a round in which nobody is paged waits its longest wait, and the rounds end', () => {
    const steps = [unlikely, { ...unlikely, waitMs: 90_000 }];
    const course = aCourse({ steps, repeat: 2 }, { answer: skipping });
    course.until(10_000_000);
    expect(stepsOf(course)).toEqual([
      '0.0 skipped condition at 0',
      '0.1 skipped condition at 0',
      '1.0 skipped condition at 90000',
      '1.1 skipped condition at 90000',
      '2.0 skipped condition at 180000',
      '2.1 skipped condition at 180000',
    ]);
    expect(course.events().at(-1)).toMatchObject({ atMs: 180_000, event: { type: 'EscalationExhausted' } });
  });

  test('does not stop a human who asks for the next step', () => {
    const course = aCourse({ steps: [chat, unlikely, boss], repeat: 0 }, { answer: skipping });
    course.until(1_000, command('escalate'));
    expect(requestsOf(course).at(-1)).toBe('page channel:boss at 1000');
  });
});

test('asks what the resolver needs, for the instant at which the step is due', () => {
  const questions: StepQuestion[] = [];
  const steps = [chat, { ...boss, when: [never], roundRobin: true as const, targets: [user('amy')] }];
  const fallback = [channel('ops')];
  const course = aCourse(
    { steps, onExhausted: fallback },
    {
      reference: aReference({
        sample: {
          fingerprint: 'f',
          status: 'firing',
          labels: { team: 'db', alertname: 'x' },
          annotations: {},
          startsAt: '2026-01-05T09:00:00.000Z',
        },
      }),
      answer: (question) => {
        questions.push(question);
        return answerAll(question);
      },
    },
  );
  course.until(60_000);
  expect(questions).toEqual([
    {
      tenant: 'default',
      incidentId: aReference().incidentId,
      policy: 'default',
      round: 0,
      step: 1,
      atMs: Date.parse('2026-01-05T09:01:00.000Z'),
      targets: [user('amy')],
      when: [never],
      roundRobin: true,
      fallback,
      urgency: 'high',
      severity: 'critical',
      labels: { team: 'db', alertname: 'DiskFull' },
      alertCount: 1,
      openedAt: '2026-01-05T09:00:00.000Z',
    },
  ]);
});

test('an answer for a step that is not the one that is due any more is ignored', () => {
  const steps = [chat, { ...boss, targets: [user('amy')] }, boss];
  const course = aCourse({ steps });
  course.until(59_999);
  const dueMs = courseStartMs + 60_000;
  const told = (step: number, reason: StepReason) => {
    const answer = answerWith(person('amy'))({ targets: [] });
    const resolution = { round: 0, step, reason, answer };
    return typesOf(takeTurn(course.state(), { ...nothingHappened, resolution }, dueMs));
  };
  expect(planNext(course.state(), dueMs)).toMatchObject({ step: 1, reason: 'not_acknowledged' });
  expect(told(1, 'escalated')).toEqual([]);
  expect(told(2, 'not_acknowledged')).toEqual([]);
  expect(told(1, 'not_acknowledged')).toEqual(['StepStarted', 'NotificationRequested']);
});

test('an empty step pages the fallback, which says so', () => {
  const answer = ({ fallback }: StepQuestion): StepResolution => ({
    kind: 'page',
    targets: fallback,
    people: [],
    notes: ['nobody is on call in payments'],
  });
  const course = aCourse(
    { steps: [{ targets: [], waitMs: 1_000 }], onExhausted: [channel('ops')] },
    { answer, fate: () => 'pending' },
  );
  course.until(0);
  expect(course.state().pending).toMatchObject([
    { target: { name: 'channel:ops' }, notes: ['nobody is on call in payments'] },
  ]);
});

describe('hours that a step waits for', () => {
  const low = aReference({ severity: 'info' });
  const steps = [{ ...chat, delayUntil: 'business' }, boss];
  const asked: StepQuestion[] = [];
  const answer = (question: StepQuestion): StepResolution => {
    asked.push(question);
    return question.delayUntil === undefined
      ? answerAll(question)
      : { kind: 'delay', untilMs: question.atMs + 3_600_000 };
  };

  test('delay it once, while the urgency is low', () => {
    const course = aCourse({ steps, repeat: 0 }, { reference: low, answer });
    course.until(3_599_999);
    expect(requestsOf(course)).toEqual([]);
    expect(planNext(course.state(), Date.parse('2026-01-05T09:30:00.000Z'))).toMatchObject({
      kind: 'wait',
      untilMs: Date.parse('2026-01-05T10:00:00.000Z'),
    });
    course.until(3_600_000);
    expect(requestsOf(course)).toEqual(['page channel:chat at 3600000']);
  });

  test('are not asked for where the urgency is high', () => {
    asked.length = 0;
    const course = aCourse({ steps, repeat: 0 }, { answer });
    course.until(0);
    expect(asked).toEqual([]);
    expect(requestsOf(course)).toEqual(['page channel:chat at 0']);
  });

  test('end when the urgency rises, and when a human asks for the step', () => {
    const raised = aCourse({ steps, repeat: 0 }, { reference: low, answer });
    raised.until(5_000, { references: [aReference({ position: 9 })] });
    expect(requestsOf(raised)).toEqual(['page channel:chat at 5000']);
    const summoned = aCourse({ steps, repeat: 0 }, { reference: low, answer });
    summoned.until(5_000, command('escalate'));
    expect(requestsOf(summoned)).toEqual(['page channel:chat at 5000']);
  });
});

describe('when all steps are over', () => {
  test('the last resort is paged, once, and nothing follows', () => {
    const course = aCourse({ steps: [chat], repeat: 1, onExhausted: [channel('ops')] });
    course.until(10_000_000);
    expect(stepsOf(course)).toEqual(['0.0 opened at 0', '1.0 repeat at 60000', '1.1 exhausted at 120000']);
    expect(requestsOf(course).filter((one) => one.includes('ops'))).toEqual(['page channel:ops at 120000']);
    expect(course.state().ladder).toMatchObject({
      exhausted: true,
      notes: ['every step was taken without an answer'],
    });
  });

  test('a human who asks for more gets another round, with the last resort at its end', () => {
    const course = aCourse({ steps: [chat], repeat: 0, onExhausted: [channel('ops')] });
    course.until(100_000, command('escalate'));
    course.until(300_000);
    expect(stepsOf(course)).toEqual([
      '0.0 opened at 0',
      '0.1 exhausted at 60000',
      '1.0 escalated at 100000',
      '1.1 exhausted at 160000',
    ]);
  });

  test('a human can still reassign', () => {
    const course = aCourse({ steps: [chat], repeat: 0, onExhausted: [channel('ops')] });
    course.until(100_000, command('reassign', { targets: [channel('bo')] }));
    expect(requestsOf(course).at(-1)).toBe('page channel:bo at 100000');
  });

  test('the last resort takes over at once where the last step cannot be delivered', () => {
    const course = aCourse(
      { steps: [chat], repeat: 0, onExhausted: [channel('ops')] },
      { fate: () => 'rejected' },
    );
    course.until(0);
    expect(requestsOf(course)).toEqual(['page channel:chat at 0', 'page channel:ops at 0']);
  });

  test('a policy without steps ends at once', () => {
    const course = aCourse({ steps: [], onExhausted: [channel('ops')] });
    course.until(1_000_000);
    expect(requestsOf(course)).toEqual(['page channel:ops at 0']);
  });
});

describe('a human who reassigns', () => {
  test('to a user pages that user, whatever the step asks for', () => {
    const steps = [chat, { ...boss, when: [never], delayUntil: 'business' }];
    const course = aCourse({ steps, repeat: 0 }, { answer: skipping });
    course.until(1_000, command('reassign', { targets: [user('bo')] }));
    expect(requestsOf(course)).toEqual(['page channel:chat at 0', 'page user:bo/phone at 1000']);
    expect(stepsOf(course).at(-1)).toBe('1.0 reassigned at 1000');
  });

  test('while the incident gathers alerts pages whom was named', () => {
    const course = aCourse({ steps: [{ ...chat, targets: [user('amy')] }] });
    course.until(0, command('reassign', { targets: [channel('bo')] }));
    expect(requestsOf(course).at(-1)).toBe('page channel:bo at 0');
  });
});
