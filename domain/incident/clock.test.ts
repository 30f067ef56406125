import { describe, expect, test } from 'vitest';
import {
  aCourse,
  answerAll,
  answerWith,
  channel,
  command,
  courseStartMs,
  endOf,
  person,
  requestsOf,
  stepsOf,
  typesOf,
  user,
} from '../../test/support/incident-course.ts';
import { aReference } from '../../test/support/incident-events.ts';
import { planNext } from '../policy/plan.ts';
import { notifyDeadline } from './notifying.ts';

const chat = { targets: [channel('chat')], waitMs: 60_000 };
const boss = { targets: [channel('boss')], waitMs: 60_000 };

function endsOf(course: ReturnType<typeof aCourse>): string[] {
  const told = ['AcknowledgementExpired', 'ResolutionHeld', 'IncidentResolved'];
  return course
    .events()
    .filter(({ event }) => told.includes(event.type))
    .map(({ atMs, event }) => `${event.type} at ${atMs}`);
}

describe('ack_timeout', () => {
  const policy = { steps: [chat, boss], repeat: 1, ackTimeoutMs: 1_800_000 };

  test('an acknowledged incident that is not resolved in time escalates anew, from the first step', () => {
    const course = aCourse(policy);
    course.until(10_000, command('acknowledge'));
    course.until(1_809_999);
    expect(course.state().status).toBe('acknowledged');
    course.until(1_810_000);
    expect(endsOf(course)).toEqual(['AcknowledgementExpired at 1810000']);
    expect(stepsOf(course)).toEqual(['0.0 opened at 0', '1.0 acknowledgement_expired at 1810000']);
    expect(course.state()).toMatchObject({ status: 'open', ladder: { repeats: 0 } });
    expect(course.state()).not.toHaveProperty('acknowledgedBy');
  });

  test('the rounds are counted anew', () => {
    const course = aCourse(policy);
    course.until(130_000, command('acknowledge'));
    expect(course.state().ladder).toMatchObject({ round: 1, repeats: 1 });
    course.until(1_930_000);
    expect(course.state().ladder).toMatchObject({ round: 2, repeats: 0 });
  });

  test('a second acknowledgement has its full time', () => {
    const course = aCourse(policy);
    course.until(10_000, command('acknowledge'));
    course.until(1_820_000, command('acknowledge'));
    course.until(3_619_999);
    expect(endsOf(course)).toHaveLength(1);
    course.until(3_620_000);
    expect(endsOf(course)).toHaveLength(2);
  });

  test('a resolve leaves nothing to expire', () => {
    const course = aCourse(policy);
    course.until(10_000, command('acknowledge'));
    course.until(20_000, command('resolve'));
    course.until(10_000_000);
    expect(endsOf(course)).toEqual(['IncidentResolved at 20000']);
  });

  test('how late the step is counts from the end of the acknowledgement', () => {
    const course = aCourse(policy);
    course.until(10_000, command('acknowledge'));
    course.sleepUntil(1_900_000);
    course.until(1_900_000);
    const [started] = course
      .events()
      .flatMap(({ event }) =>
        event.type === 'StepStarted' && event.data.reason === 'acknowledgement_expired' ? [event.data] : [],
      );
    expect(Date.parse(started?.dueAt ?? '') - courseStartMs).toBe(1_810_000);
  });
});

describe('remind_every', () => {
  const steps = [{ targets: [channel('chat'), user('amy')], waitMs: 600_000 }];
  const answer = answerWith(person('amy', { phone: 0, mail: 300_000 }));

  test('reminds whoever was paged last, by channel and first contact, until it is resolved', () => {
    const course = aCourse({ steps, remindEveryMs: 600_000 }, { answer });
    course.until(10_000, command('acknowledge'));
    course.until(1_300_000, command('resolve'));
    course.until(10_000_000);
    expect(requestsOf(course).filter((one) => one.startsWith('reminder'))).toEqual([
      'reminder channel:chat at 610000',
      'reminder user:amy/phone at 610000',
      'reminder channel:chat at 1210000',
      'reminder user:amy/phone at 1210000',
    ]);
  });

  test('reminds a user whose contacts are paged since an earlier step', () => {
    const course = aCourse(
      {
        steps: [chat, { ...chat, targets: [user('amy')] }, { ...boss, targets: [user('amy')] }],
        repeat: 0,
        remindEveryMs: 600_000,
      },
      { answer },
    );
    course.until(130_000, command('acknowledge'));
    course.until(800_000);
    expect(requestsOf(course).at(-1)).toBe('reminder user:amy/phone at 730000');
  });

  test('sends one reminder after a downtime, not one for each that was missed', () => {
    const course = aCourse({ steps: [chat], remindEveryMs: 60_000 });
    course.until(10_000, command('acknowledge'));
    course.sleepUntil(1_000_000);
    course.until(1_059_999);
    expect(requestsOf(course).slice(1)).toEqual(['reminder channel:chat at 1000000']);
  });

  test('a reminder is over when the next one is due', () => {
    const course = aCourse(
      { steps: [chat], remindEveryMs: 60_000 },
      { fate: ({ kind }) => (kind === 'page' ? 'delivered' : 'pending') },
    );
    course.until(0, command('acknowledge'));
    course.until(60_000);
    const [pending] = course.state().pending;
    if (pending === undefined) throw new Error('nothing is pending');
    expect(notifyDeadline(course.state(), pending)).toBe(new Date(courseStartMs + 120_000).toISOString());
  });
});

describe('auto_resolve', () => {
  test('resolves what nothing was heard of for so long', () => {
    const course = aCourse({ steps: [chat], repeat: 0, autoResolveMs: 3_600_000 });
    course.until(1_000_000, { references: [aReference({ position: 9 })] });
    course.until(4_599_999);
    expect(endsOf(course)).toEqual([]);
    course.until(4_600_000);
    expect(endsOf(course)).toEqual(['IncidentResolved at 4600000']);
    expect(course.state()).toMatchObject({ resolvedReason: 'unheard' });
  });
});

describe('resolve_hold', () => {
  const policy = { steps: [chat, boss], repeat: 1, resolveHoldMs: 120_000 };

  test('resolves when nothing has come back, and begins no step meanwhile', () => {
    const course = aCourse(policy);
    course.until(10_000, { nothingFires: true });
    course.until(200_000);
    expect(endsOf(course)).toEqual(['ResolutionHeld at 10000', 'IncidentResolved at 130000']);
    expect(stepsOf(course)).toEqual(['0.0 opened at 0']);
    expect(course.state()).toMatchObject({ resolvedReason: 'cleared' });
  });

  test('an alert that fires again ends the hold, and what became due meanwhile is due now', () => {
    const course = aCourse(policy);
    course.until(10_000, { nothingFires: true });
    course.until(61_000, { references: [aReference({ position: 9, replaces: true })] });
    course.until(140_000);
    expect(endsOf(course)).toEqual(['ResolutionHeld at 10000']);
    expect(stepsOf(course)).toEqual([
      '0.0 opened at 0',
      '0.1 not_acknowledged at 61000',
      '1.0 repeat at 121000',
    ]);
  });

  test('what became due while it was held is neither missed nor too old: nobody was away', () => {
    const third = { targets: [channel('third')], waitMs: 60_000 };
    const course = aCourse({
      steps: [chat, boss, third],
      repeat: 0,
      resolveHoldMs: 600_000,
      maxAgeMs: 60_000,
    });
    course.until(10_000, { nothingFires: true });
    course.until(400_000, { references: [aReference({ position: 9, replaces: true })] });
    course.until(460_000);
    expect(stepsOf(course)).toEqual([
      '0.0 opened at 0',
      '0.1 not_acknowledged at 400000',
      '0.2 not_acknowledged at 460000',
    ]);
  });

  test('an acknowledgement that ran out while it was held escalates when it ends', () => {
    const course = aCourse({ ...policy, resolveHoldMs: 600_000, ackTimeoutMs: 60_000, maxAgeMs: 60_000 });
    course.until(5_000, command('acknowledge'));
    course.until(10_000, { nothingFires: true });
    course.until(400_000, { references: [aReference({ position: 9, replaces: true })] });
    expect(stepsOf(course).slice(1)).toEqual(['1.0 acknowledgement_expired at 400000']);
  });

  test('is not prolonged by asking again', () => {
    const course = aCourse(policy);
    course.until(10_000, { nothingFires: true });
    course.until(100_000, { nothingFires: true });
    course.until(130_000);
    expect(endsOf(course)).toEqual(['ResolutionHeld at 10000', 'IncidentResolved at 130000']);
  });

  test('holds the contacts of a user back as well, but not whom a human asks for', () => {
    const answer = answerWith(person('amy', { phone: 0, mail: 30_000 }));
    const course = aCourse({ ...policy, steps: [{ ...chat, targets: [user('amy')] }] }, { answer });
    course.until(10_000, { nothingFires: true });
    course.until(40_000);
    expect(requestsOf(course)).toEqual(['page user:amy/phone at 0']);
    course.until(50_000, command('reassign', { targets: [channel('boss')] }));
    expect(requestsOf(course).at(-1)).toBe('page channel:boss at 50000');
  });

  test('nothing reminds and no acknowledgement expires meanwhile', () => {
    const course = aCourse({ ...policy, ackTimeoutMs: 60_000, remindEveryMs: 30_000 });
    course.until(5_000, command('acknowledge'));
    course.until(10_000, { nothingFires: true });
    course.until(200_000);
    expect(endsOf(course)).toEqual(['ResolutionHeld at 10000', 'IncidentResolved at 130000']);
    expect(requestsOf(course)).toHaveLength(1);
  });
});

describe('deadlines', () => {
  test('a page has time until its step ends, and a later contact as long as the step', () => {
    const answer = answerWith(person('amy', { phone: 0, mail: 90_000 }));
    const course = aCourse(
      { steps: [{ ...chat, targets: [channel('chat'), user('amy')] }, boss], repeat: 1 },
      { answer, fate: () => 'pending' },
    );
    course.until(90_000);
    const { pending } = course.state();
    expect(
      pending.map((one) => Date.parse(notifyDeadline(course.state(), one) ?? '') - courseStartMs),
    ).toEqual([60_000, 60_000, 120_000, 150_000]);
  });

  test('a page that nobody comes after has none', () => {
    const course = aCourse({ steps: [chat, boss], repeat: 0 }, { fate: () => 'pending' });
    course.until(60_000);
    expect(course.state().pending.map((one) => notifyDeadline(course.state(), one))).toEqual([
      new Date(courseStartMs + 60_000).toISOString(),
      undefined,
    ]);
  });
});

describe('what becomes more severe after every step was taken', () => {
  const critical = { references: [aReference({ severity: 'critical', position: 9 })] };
  const reference = aReference({ severity: 'warning' });

  test('pages whom its first severity did not', () => {
    const when = [{ kind: 'severity' as const, in: ['critical' as const] }];
    const course = aCourse(
      { steps: [chat, { ...boss, when }], repeat: 0 },
      {
        reference,
        answer: (question) =>
          question.severity === 'critical'
            ? answerAll(question)
            : { kind: 'skip', reason: 'condition', notes: [] },
      },
    );
    course.until(600_000, critical);
    course.until(900_000);
    expect(requestsOf(course).slice(1)).toEqual([
      'page channel:chat at 600000',
      'page channel:boss at 660000',
    ]);
  });

  test('pages people by what they want for it', () => {
    const course = aCourse(
      { steps: [{ ...chat, targets: [user('amy')] }], repeat: 0 },
      {
        reference,
        answer: ({ urgency }) =>
          answerWith(person('amy', urgency === 'high' ? { phone: 0 } : { mail: 0 }))({ targets: [] }),
      },
    );
    course.until(600_000, critical);
    expect(requestsOf(course)).toEqual(['page user:amy/mail at 0', 'page user:amy/phone at 600000']);
  });
});

test('two things that are due at once are both done', () => {
  const course = aCourse({
    steps: [chat],
    ackTimeoutMs: 60_000,
    remindEveryMs: 60_000,
    autoResolveMs: 70_000,
  });
  course.until(10_000, command('acknowledge'));
  expect(typesOf(course.until(70_000))).toContain('IncidentResolved');
  expect(planNext(course.state(), courseStartMs + 70_000)).toEqual({ kind: 'idle' });
});

test('what was withdrawn in time leaves no trace', () => {
  const course = aCourse({ steps: [chat] }, { fate: () => 'pending' });
  course.until(1_000, command('acknowledge'));
  const [page] = course.state().pending;
  expect(page).toBeDefined();
  course.until(2_000, {
    ends: course.state().pending.map(({ key }) => ({ kind: 'withdrawn', key, reason: 'x' })),
  });
  expect(course.state()).toMatchObject({ pending: [], deadLetters: [] });
  expect(course.state().pending.flatMap((one) => endOf(one, 'delivered'))).toEqual([]);
});
