import { describe, expect, test } from 'vitest';
import {
  aCourse,
  answerWith,
  channel,
  command,
  courseStartMs,
  endOf,
  person,
  stepsOf,
  typesOf,
  user,
} from '../../test/support/incident-course.ts';
import { limits } from '../limits.ts';

const chat = { targets: [channel('chat')], waitMs: 60_000 };
const boss = { targets: [channel('boss')], waitMs: 60_000 };

function rejectFirst() {
  let isDown = true;
  return {
    fate: () => (isDown ? ('rejected' as const) : ('pending' as const)),
    up: () => {
      isDown = false;
    },
  };
}

function keysOf(course: ReturnType<typeof aCourse>): string[] {
  return course.state().deadLetters.map(({ key }) => key);
}

test('a dead letter of an open incident goes out again under its key, with time of its own', () => {
  const { fate, up } = rejectFirst();
  const course = aCourse({ steps: [chat], repeat: 0 }, { fate });
  course.until(0);
  up();
  const keys = keysOf(course);
  course.until(20_000, { redeliver: { keys, by: 'tocsin' } });
  expect(course.state()).toMatchObject({
    deadLetters: [],
    deadLettered: 0,
    pending: [{ key: keys[0], kind: 'page', deadlineAt: new Date(courseStartMs + 80_000).toISOString() }],
  });
});

test('one that fails again is a dead letter again, and counts once', () => {
  const course = aCourse(
    { steps: [{ ...chat, targets: [channel('a'), channel('b')] }, boss], repeat: 0 },
    {
      fate: ({ target }) => (target.name === 'channel:a' ? 'rejected' : 'delivered'),
    },
  );
  course.until(0);
  const keys = keysOf(course);
  course.until(1_000, { redeliver: { keys, by: 'tocsin' } });
  course.until(2_000, { redeliver: { keys, by: 'tocsin' } });
  expect(keysOf(course)).toEqual(keys);
  expect(course.state().deadLettered).toBe(1);
  // the other page of the step was delivered, so nobody goes on early
  expect(stepsOf(course)).toEqual(['0.0 opened at 0']);
});

describe.each(['acknowledge', 'resolve', 'snooze'] as const)('after %s', (name) => {
  test('no page goes out again', () => {
    const { fate, up } = rejectFirst();
    const course = aCourse({ steps: [chat], repeat: 0 }, { fate });
    course.until(0);
    up();
    const keys = keysOf(course);
    course.until(1_000, command(name, { until: '2026-01-05T12:00:00.000Z' }));
    expect(typesOf(course.until(2_000, { redeliver: { keys, by: 'amy' } }))).toEqual([]);
    expect(keysOf(course)).toEqual(keys);
  });
});

test('the edit of a resolved incident and an undo go out again', () => {
  const slack = channel('chat', { provider: 'slack', updates: true });
  const pager = channel('pager', { undoable: true });
  const steps = [
    { targets: [slack, pager, channel('plain')], waitMs: 60_000, mode: 'all_or_nothing' as const },
  ];
  const course = aCourse(
    { steps, repeat: 0 },
    {
      fate: ({ kind, target }) =>
        kind !== 'page' || target.name === 'channel:plain' ? 'rejected' : 'delivered',
    },
  );
  course.until(1_000, command('resolve'));
  const dead = course.state().deadLetters;
  expect(dead.map(({ kind }) => kind)).toEqual(['undo', 'resolved']);
  course.until(2_000, { redeliver: { keys: keysOf(course), by: 'amy' } });
  // still refused: both are dead letters again, under the same keys
  expect(course.state().deadLetters.map(({ key }) => key)).toEqual(dead.map(({ key }) => key));
  const again = course.events().filter(({ event }) => event.type === 'NotificationRedelivered');
  expect(again).toHaveLength(2);
});

test('an undo that is sent again takes back the same page', () => {
  const pager = channel('pager', { undoable: true });
  const steps = [{ targets: [pager, channel('plain')], waitMs: 60_000, mode: 'all_or_nothing' as const }];
  let isDown = true;
  const course = aCourse(
    { steps, repeat: 0 },
    {
      fate: ({ kind, target }) =>
        target.name === 'channel:plain' || (kind === 'undo' && isDown) ? 'rejected' : 'delivered',
    },
  );
  course.until(0);
  const [undo] = course.state().deadLetters;
  isDown = false;
  const events = course.until(1_000, { redeliver: { keys: keysOf(course), by: 'amy' } });
  expect(typesOf(events)).toEqual(['NotificationRedelivered', 'NotificationDelivered', 'NotificationUndone']);
  expect(events.at(-1)).toMatchObject({ data: { key: undo?.key, of: undo?.of } });
});

test('a contact that is sent again counts for its chain', () => {
  const answer = answerWith(person('amy', { phone: 0 }));
  const { fate, up } = rejectFirst();
  const course = aCourse({ steps: [{ ...chat, targets: [user('amy')] }], repeat: 0 }, { answer, fate });
  course.until(0);
  up();
  expect(course.state().chains).toMatchObject([{ asked: 1, dead: 1 }]);
  course.until(1_000, { redeliver: { keys: keysOf(course), by: 'amy' } });
  expect(course.state().chains).toMatchObject([{ asked: 1, dead: 0 }]);
});

test('what is not known, or is under way, is left alone', () => {
  const course = aCourse({ steps: [chat] }, { fate: () => 'pending' });
  course.until(0);
  const keys = course.state().pending.map(({ key }) => key);
  expect(typesOf(course.until(1_000, { redeliver: { keys: [...keys, 'nothing'], by: 'amy' } }))).toEqual([]);
});

test('no more dead letters are kept than the limit says, the newest of them', () => {
  const targets = Array.from({ length: 20 }, (_, index) => channel(`c${index}`));
  const course = aCourse({ steps: [{ targets, waitMs: 1_000 }], repeat: 5 }, { fate: () => 'rejected' });
  course.until(10_000);
  expect(course.state().deadLetters).toHaveLength(limits.maxDeadLetters);
  expect(course.state().deadLetters.at(-1)).toMatchObject({ round: 5, target: { name: 'channel:c19' } });
});

test('pages of a step that failed as a whole are not sent again', () => {
  const pager = channel('pager', { undoable: true });
  const steps = [{ targets: [pager, channel('plain')], waitMs: 60_000, mode: 'all_or_nothing' as const }];
  const course = aCourse(
    { steps, repeat: 0 },
    {
      fate: ({ target }) => (target.name === 'channel:plain' ? 'rejected' : 'delivered'),
    },
  );
  course.until(0);
  expect(course.state().deadLetters).toEqual([]);
  expect(course.state().pending.flatMap((pending) => endOf(pending, 'delivered'))).toEqual([]);
});
