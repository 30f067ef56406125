import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  aCourse,
  answerAll,
  channel,
  command,
  courseStartMs,
  requestsOf,
  stepsOf,
  user,
} from '../../test/support/incident-course.ts';
import { aReference } from '../../test/support/incident-events.ts';
import { nothingHappened, takeTurn } from '../incident/turn.ts';
import { limits } from '../limits.ts';
import type { StepQuestion, StepResolution } from '../people/step-resolution.ts';

const steps = ['a', 'b', 'c'].map((name) => ({ targets: [channel(name)], waitMs: 60_000 }));

function notesOf(course: ReturnType<typeof aCourse>): unknown[] {
  return course
    .events()
    .flatMap(({ event }) =>
      event.type === 'StepStarted' || event.type === 'StepSkipped' ? [event.data.notes] : [],
    );
}

test('after a downtime one page goes out, for the step that is due now, and says what was skipped', () => {
  const course = aCourse({ steps, repeat: 0 });
  course.until(1_000);
  course.sleepUntil(130_000);
  course.until(130_000);
  expect(stepsOf(course)).toEqual([
    '0.0 opened at 0',
    '0.1 skipped superseded at 130000',
    '0.2 not_acknowledged at 130000',
  ]);
  expect(requestsOf(course)).toEqual(['page channel:a at 0', 'page channel:c at 130000']);
  expect(notesOf(course).at(-1)).toEqual(['1 step was skipped while paging was down']);
});

test('a step that is merely late is not skipped', () => {
  const course = aCourse({ steps, repeat: 0 });
  course.until(1_000);
  course.sleepUntil(119_999);
  course.until(119_999);
  expect(stepsOf(course)).toEqual(['0.0 opened at 0', '0.1 not_acknowledged at 119999']);
  expect(notesOf(course).at(-1)).toBeUndefined();
});

test('short waits are not taken for a downtime', () => {
  const short = steps.map((step) => ({ ...step, waitMs: 1_000 }));
  const course = aCourse({ steps: short, repeat: 0 });
  course.until(0);
  course.sleepUntil(1_000 + limits.downtimeMs - 1);
  course.until(1_000 + limits.downtimeMs - 1);
  expect(stepsOf(course).slice(1)).toEqual(['0.1 not_acknowledged at 5999']);
});

test('whole rounds are passed at once, and every step is told at most once', () => {
  const course = aCourse({ steps, repeat: 1_000 });
  course.until(1_000);
  course.sleepUntil(180_000 * 500 + 70_000);
  course.until(180_000 * 500 + 70_000);
  expect(stepsOf(course).slice(1)).toEqual([
    '499.1 skipped superseded at 90070000',
    '499.2 skipped superseded at 90070000',
    '500.0 skipped superseded at 90070000',
    '500.1 not_acknowledged at 90070000',
  ]);
  expect(notesOf(course).slice(1)).toEqual([
    ['1497 steps before it were skipped as well'],
    undefined,
    undefined,
    ['1500 steps were skipped while paging was down'],
  ]);
  expect(course.state().ladder).toMatchObject({ repeats: 500, missed: 0 });
});

test('the last step of the last round is never passed: somebody has to be paged', () => {
  const course = aCourse({ steps, repeat: 2, onExhausted: [channel('ops')] });
  course.until(1_000);
  course.sleepUntil(100_000_000);
  course.until(100_000_000);
  expect(requestsOf(course).slice(1)).toEqual(['page channel:c at 100000000']);
  course.until(100_060_000);
  expect(requestsOf(course).at(-1)).toBe('page channel:ops at 100060000');
});

test('no page of a skipped step is ever sent', () => {
  const course = aCourse({ steps, repeat: 0 });
  course.until(1_000);
  course.sleepUntil(130_000);
  course.until(10_000_000);
  expect(requestsOf(course).filter((one) => one.includes('channel:b'))).toEqual([]);
});

test('a first page that was missed, and the end of a snooze, count alike', () => {
  const late = aCourse({
    steps: steps.map((step) => ({ ...step, targets: [user('amy')] })),
    repeat: 0,
    onExhausted: [channel('ops')],
  });
  late.sleepUntil(70_000);
  late.until(70_000);
  expect(stepsOf(late)).toEqual(['0.0 skipped superseded at 70000', '0.1 not_acknowledged at 70000']);
  const snoozed = aCourse({ steps, repeat: 1 });
  snoozed.until(1_000, command('snooze', { until: new Date(courseStartMs + 600_000).toISOString() }));
  snoozed.sleepUntil(670_000);
  snoozed.until(670_000);
  expect(stepsOf(snoozed).slice(1)).toEqual([
    '1.0 skipped superseded at 670000',
    '1.1 not_acknowledged at 670000',
  ]);
  expect(snoozed.state().ladder).toMatchObject({ repeats: 0 });
});

test('what a human asked for is never passed', () => {
  const people = steps.map((step) => ({ ...step, targets: [user('amy')] }));
  const course = aCourse({ steps: people, repeat: 0, maxAgeMs: 10_000 });
  course.until(1_000);
  const [asked] = [
    takeTurn(course.state(), { ...nothingHappened, ...command('escalate') }, courseStartMs + 2_000),
  ];
  expect(asked.map(({ type }) => type)).toEqual(['IncidentEscalated']);
  course.until(2_000, command('escalate'));
  expect(stepsOf(course).at(-1)).toBe('0.1 escalated at 2000');
});

test('histories of before take every late step, one by one', () => {
  const course = aCourse({ steps, repeat: 0 });
  course.until(1_000);
  const events = takeTurn(
    course.state(),
    { ...nothingHappened, keepsLateSteps: true },
    courseStartMs + 10_000_000,
  );
  expect(events.map(({ type }) => type)).toEqual(['StepStarted', 'NotificationRequested']);
  expect(events[0]).toMatchObject({ data: { step: 1 } });
});

describe('a step that is too old', () => {
  const old = { steps, repeat: 0, maxAgeMs: 3_600_000 };

  test('is not sent: the last resort is, and says why', () => {
    const course = aCourse({ ...old, onExhausted: [channel('ops')] });
    course.until(1_000);
    course.sleepUntil(8_000_000);
    course.until(8_000_000);
    expect(stepsOf(course).slice(1)).toEqual([
      '0.1 skipped superseded at 8000000',
      '0.2 skipped too_old at 8000000',
      '0.3 exhausted at 8000000',
    ]);
    expect(requestsOf(course).slice(1)).toEqual(['page channel:ops at 8000000']);
    expect(notesOf(course).at(-1)).toEqual([
      '1 step was skipped while paging was down',
      'step 3 was due too long ago to be sent',
    ]);
  });

  test('is sent where nobody is there to be paged in its place', () => {
    const course = aCourse(old);
    course.until(1_000);
    course.sleepUntil(8_000_000);
    course.until(8_000_000);
    expect(requestsOf(course).at(-1)).toBe('page channel:c at 8000000');
  });

  test('is sent up to that age', () => {
    const course = aCourse({ ...old, steps: steps.slice(0, 2) });
    course.until(1_000);
    course.sleepUntil(3_660_000);
    course.until(3_660_000);
    expect(requestsOf(course).at(-1)).toBe('page channel:b at 3660000');
  });
});

test('at any instant after any downtime: what is passed and what begins is what a clock that never stopped would show', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 0, max: 6_000 }),
      (waits, repeat, awaySeconds) => {
        const changes = {
          steps: waits.map((seconds, index) => ({
            targets: [channel(`c${index}`)],
            waitMs: seconds * 1_000,
          })),
          repeat,
        };
        const away = aCourse(changes);
        const awayMs = awaySeconds * 1_000;
        away.sleepUntil(awayMs);
        away.until(awayMs);
        const awake = aCourse(changes);
        awake.until(awayMs);
        const places = (course: typeof away) => {
          const { round = 0, step = 0 } = course.state().ladder ?? {};
          return { round, step };
        };
        const last = awake.events().some(({ event }) => event.type === 'EscalationExhausted');
        const isPassed = stepsOf(away).some((one) => one.includes('superseded'));
        // a downtime shorter than its threshold, or within one step, leaves one late step
        if (isPassed || last) expect(places(away)).toEqual(places(awake));
        expect(stepsOf(away).length).toBeLessThanOrEqual(waits.length + 2);
      },
    ),
    { numRuns: 400 },
  );
});

describe('the step that is due after a downtime', () => {
  const conditional = {
    ...steps[1],
    targets: [channel('b')],
    waitMs: 60_000,
    when: [{ kind: 'alerts' as const, atLeast: 10 }],
  };
  const skipped = () => ({ kind: 'skip' as const, reason: 'condition' as const, notes: [] });

  test('is not one that may page nobody: what stood before it is not passed then', () => {
    const first = { targets: [user('amy')], waitMs: 60_000 };
    const answer = (question: StepQuestion): StepResolution =>
      question.when.length > 0 ? skipped() : answerAll(question);
    const course = aCourse({ steps: [first, conditional], repeat: 2 }, { answer });
    course.sleepUntil(10_000_000);
    course.until(10_000_000);
    expect(requestsOf(course)).toEqual(['page user:amy/phone at 10000000']);
  });

  test('is not one of people alone where no fallback pages in their place', () => {
    const people = ['amy', 'bo'].map((name) => ({ targets: [user(name)], waitMs: 60_000 }));
    const answer = (question: StepQuestion): StepResolution =>
      question.step === 1 ? { kind: 'skip', reason: 'nobody', notes: [] } : answerAll(question);
    const course = aCourse({ steps: people, repeat: 0 }, { answer });
    course.sleepUntil(10_000_000);
    course.until(10_000_000);
    expect(requestsOf(course)).toEqual(['page user:amy/phone at 10000000']);
  });

  test('is not one behind a step that would have waited for its hours', () => {
    const patient = { targets: [channel('day')], waitMs: 60_000, delayUntil: 'business' };
    const answer = (question: StepQuestion): StepResolution =>
      question.delayUntil === undefined
        ? answerAll(question)
        : { kind: 'delay', untilMs: courseStartMs + 50_000_000 };
    const course = aCourse(
      { steps: [patient, { targets: [channel('night')], waitMs: 60_000 }], repeat: 0 },
      { answer, reference: aReference({ severity: 'info' }) },
    );
    course.sleepUntil(100_000);
    course.until(1_000_000);
    expect(requestsOf(course)).toEqual([]);
    course.until(50_000_000);
    expect(requestsOf(course)).toEqual(['page channel:day at 50000000']);
  });

  test.each([
    ['before the first step', {}],
    ['while it was snoozed', command('snooze', { until: new Date(courseStartMs + 10_000).toISOString() })],
  ])('is in no more rounds than the policy has, also %s', (_, first) => {
    const course = aCourse({
      steps: steps.map((step) => ({ ...step, targets: [channel('a'), user('amy')] })),
      repeat: 5,
    });
    if ('command' in first) course.until(1_000, first);
    const begun = course.state().ladder?.round ?? -1;
    course.sleepUntil(100_000_000);
    course.until(100_000_000);
    expect(course.state().ladder).toMatchObject({ round: begun + 6, step: 2, repeats: 5 });
    expect(stepsOf(course).filter((one) => one.includes('superseded'))).toHaveLength(3);
  });
});
