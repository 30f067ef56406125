import { describe, expect, test } from 'vitest';
import {
  aCourse,
  answerWith,
  channel,
  command,
  person,
  requestsOf,
  stepsOf,
  user,
} from '../../test/support/incident-course.ts';
import { aReference } from '../../test/support/incident-events.ts';
import type { StepQuestion } from '../people/step-resolution.ts';

const amy = { targets: [user('amy')], waitMs: 60_000 };
const twoContacts = { answer: answerWith(person('amy', { phone: 0, mail: 120_000 })) };

test('pages the contacts of a user one after the other', () => {
  const course = aCourse({ steps: [{ ...amy, waitMs: 300_000 }], repeat: 0 }, twoContacts);
  course.until(119_999);
  expect(requestsOf(course)).toEqual(['page user:amy/phone at 0']);
  course.until(120_000);
  expect(requestsOf(course).slice(1)).toEqual(['page user:amy/mail at 120000']);
});

test('asks who is behind a user before the step begins', () => {
  const course = aCourse({ steps: [amy] });
  expect(stepsOf(course)).toEqual([]);
  course.until(0);
  expect(stepsOf(course)).toEqual(['0.0 opened at 0']);
});

test('a later step does not begin a running chain anew', () => {
  const course = aCourse({ steps: [amy, amy, amy], repeat: 0 }, twoContacts);
  course.until(200_000);
  expect(stepsOf(course)).toHaveLength(3);
  expect(requestsOf(course)).toEqual([
    'page user:amy/phone at 0',
    'page user:amy/mail at 120000',
    // that chain is through by then, so the third step begins another one
    'page user:amy/phone at 120000',
  ]);
});

test('a later step begins a running chain anew once the urgency rose', () => {
  const low = aReference({ severity: 'warning' });
  const answer = (question: StepQuestion) =>
    answerWith(
      person('amy', question.urgency === 'high' ? { voice: 0, sms: 30_000 } : { mail: 0, chat: 90_000 }),
    )(question);
  const course = aCourse({ steps: [amy, amy], repeat: 0 }, { reference: low, answer });
  course.until(30_000, { references: [aReference({ position: 9, severity: 'critical' })] });
  course.until(200_000);
  expect(requestsOf(course)).toEqual([
    'page user:amy/mail at 0',
    'page user:amy/voice at 60000',
    'page user:amy/sms at 90000',
  ]);
});

test('a contact that is given up makes the next one due at once', () => {
  const course = aCourse(
    { steps: [{ ...amy, waitMs: 600_000 }], repeat: 0 },
    { ...twoContacts, fate: ({ target }) => (target.name.endsWith('phone') ? 'rejected' : 'delivered') },
  );
  course.until(1_000);
  expect(requestsOf(course)).toEqual(['page user:amy/phone at 0', 'page user:amy/mail at 0']);
});

test('goes to the next step at once when every page and every chain is given up', () => {
  const steps = [
    { targets: [channel('chat'), user('amy')], waitMs: 600_000 },
    { targets: [channel('boss')], waitMs: 1_000 },
  ];
  const fate = ({ target }: { target: { name: string } }) =>
    target.name === 'channel:boss' ? ('delivered' as const) : ('rejected' as const);
  const course = aCourse({ steps, repeat: 0 }, { ...twoContacts, fate });
  course.until(0);
  expect(stepsOf(course)).toEqual(['0.0 opened at 0', '0.1 undeliverable at 0']);
});

test('waits while a contact of a chain is left', () => {
  const steps = [amy, { targets: [channel('boss')], waitMs: 1_000 }];
  const course = aCourse(
    { steps, repeat: 0 },
    { ...twoContacts, fate: ({ target }) => (target.name.endsWith('phone') ? 'rejected' : 'pending') },
  );
  course.until(59_999);
  expect(stepsOf(course)).toEqual(['0.0 opened at 0']);
});

describe.each(['acknowledge', 'resolve', 'snooze'] as const)('%s', (name) => {
  test('cancels all chains', () => {
    const steps = [{ targets: [user('amy'), user('bo')], waitMs: 600_000 }];
    const answer = answerWith(
      person('amy', { phone: 0, mail: 60_000 }),
      person('bo', { phone: 30_000, mail: 90_000 }),
    );
    const course = aCourse({ steps, repeat: 0 }, { answer });
    course.until(20_000, command(name, { until: '2026-01-05T12:00:00.000Z' }));
    course.until(300_000);
    expect(requestsOf(course)).toEqual(['page user:amy/phone at 0']);
    expect(course.state().chains).toEqual([]);
  });
});

test('tells two uses of one contact apart', () => {
  const twice = {
    user: 'amy',
    contacts: [...person('amy').contacts, ...person('amy', { phone: 60_000 }).contacts],
  };
  const course = aCourse({ steps: [{ ...amy, waitMs: 600_000 }], repeat: 0 }, { answer: answerWith(twice) });
  course.until(60_000);
  const keys = course.events().flatMap(({ event }) => ('key' in event.data ? [event.data.key] : []));
  expect(requestsOf(course)).toHaveLength(2);
  expect(new Set(keys).size).toBe(2);
});

test('of contacts that were missed while the engine was away only the last ones are paged', () => {
  const answer = answerWith(person('amy', { phone: 0, sms: 60_000, mail: 120_000, chat: 240_000 }));
  const course = aCourse({ steps: [{ ...amy, waitMs: 600_000 }], repeat: 0 }, { answer });
  course.until(1_000);
  course.sleepUntil(180_000);
  course.until(300_000);
  expect(requestsOf(course)).toEqual([
    'page user:amy/phone at 0',
    'page user:amy/mail at 180000',
    'page user:amy/chat at 240000',
  ]);
});
