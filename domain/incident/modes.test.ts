import { describe, expect, test } from 'vitest';
import {
  aCourse,
  answerWith,
  channel,
  command,
  endOf,
  type Fate,
  person,
  requestsOf,
  stepsOf,
  user,
} from '../../test/support/incident-course.ts';
import { aReference } from '../../test/support/incident-events.ts';
import type { PendingNotification } from './incident.ts';
import { isUnwanted } from './notifying.ts';

const boss = { targets: [channel('boss')], waitMs: 60_000 };

/** By the name of the target; whatever is not named is delivered. */
function fates(named: Readonly<Record<string, Fate>>) {
  return ({ target, kind }: PendingNotification): Fate =>
    named[`${kind} ${target.name}`] ?? named[target.name] ?? 'delivered';
}

/** What is under way of pages ends like this. */
function endsOfPages(course: ReturnType<typeof aCourse>, fate: Fate) {
  return course.state().pending.flatMap((one) => (one.kind === 'page' ? endOf(one, fate) : []));
}

describe('first_success', () => {
  const targets = [channel('a'), channel('b'), channel('c')];
  const steps = [{ targets, waitMs: 60_000, mode: 'first_success' as const }, boss];

  test('pages one, and nobody else once it is delivered', () => {
    const course = aCourse({ steps, repeat: 0 });
    course.until(59_999);
    expect(requestsOf(course)).toEqual(['page channel:a at 0']);
    expect(course.state().policy.steps[0]?.mode).toBe('first_success');
  });

  test('pages the next one as soon as the one before is given up', () => {
    const course = aCourse({ steps, repeat: 0 }, { fate: fates({ 'channel:a': 'rejected' }) });
    course.until(1_000);
    expect(requestsOf(course)).toEqual(['page channel:a at 0', 'page channel:b at 0']);
  });

  test('leaves the others alone while the first is under way', () => {
    const course = aCourse({ steps, repeat: 0 }, { fate: fates({ 'channel:a': 'pending' }) });
    course.until(59_999);
    expect(requestsOf(course)).toEqual(['page channel:a at 0']);
  });

  test('goes to the next step once all are given up, and not before', () => {
    const fate = fates({ 'channel:a': 'rejected', 'channel:b': 'unknown', 'channel:c': 'rejected' });
    const course = aCourse({ steps, repeat: 0 }, { fate });
    course.until(0);
    expect(stepsOf(course)).toEqual(['0.0 opened at 0', '0.1 undeliverable at 0']);
  });

  test('somebody answered: whose turn it would be is not paged, not even when it escalates anew', () => {
    const people = [{ ...boss, targets: [channel('a'), user('amy')], mode: 'first_success' as const }];
    const course = aCourse(
      { steps: people, repeat: 0, ackTimeoutMs: 600_000 },
      { fate: fates({ 'channel:a': 'pending' }) },
    );
    course.until(1_000, command('acknowledge'));
    course.until(2_000, { ends: endsOfPages(course, 'rejected') });
    course.until(601_000);
    expect(requestsOf(course)).toEqual(['page channel:a at 0', 'page channel:a at 601000']);
  });

  test('keeps the order of the policy between users and channels, and begins a chain only at its turn', () => {
    const mixed = [
      { ...boss, targets: [user('amy'), channel('a'), user('bo')], mode: 'first_success' as const },
    ];
    const answer = answerWith(person('amy', { phone: 0, mail: 20_000 }), person('bo'));
    const fate = fates({
      'user:amy/phone': 'rejected',
      'user:amy/mail': 'rejected',
      'channel:a': 'rejected',
    });
    const course = aCourse({ steps: mixed, repeat: 0 }, { answer, fate });
    course.until(0);
    expect(requestsOf(course)).toEqual([
      'page user:amy/phone at 0',
      'page user:amy/mail at 0',
      'page channel:a at 0',
      'page user:bo/phone at 0',
    ]);
  });
});

describe('all_or_nothing', () => {
  const undoable = { provider: 'pagerduty', undoable: true as const };
  const targets = [channel('a', undoable), channel('b', undoable), channel('c', undoable), channel('plain')];
  const steps = [{ targets, waitMs: 60_000, mode: 'all_or_nothing' as const }, boss];
  const undone = (course: ReturnType<typeof aCourse>) =>
    requestsOf(course).filter((one) => one.startsWith('undo'));

  test('takes nothing back while all goes well', () => {
    const course = aCourse({ steps, repeat: 0 });
    course.until(100_000);
    expect(undone(course)).toEqual([]);
    expect(course.state().bundles).toEqual([]);
  });

  test('takes back what was delivered, the newest first, and goes to the next step at once', () => {
    const course = aCourse({ steps, repeat: 0 }, { fate: fates({ 'channel:plain': 'rejected' }) });
    course.until(0);
    expect(undone(course)).toEqual(['undo channel:c at 0', 'undo channel:b at 0', 'undo channel:a at 0']);
    expect(stepsOf(course)).toEqual(['0.0 opened at 0', '0.1 undeliverable at 0']);
    const events = course.events().map(({ event }) => event);
    const requested = events.flatMap((event) => (event.type === 'NotificationRequested' ? [event.data] : []));
    const back = events.flatMap((event) => (event.type === 'NotificationUndone' ? [event.data] : []));
    expect(back.map(({ of }) => requested.find(({ key }) => key === of)?.target.name)).toEqual([
      'channel:c',
      'channel:b',
      'channel:a',
    ]);
    expect(back.map(({ key }) => requested.find((one) => one.key === key)?.kind)).toEqual([
      'undo',
      'undo',
      'undo',
    ]);
    expect(course.state().bundles).toEqual([]);
  });

  test('one after the other: the next waits for the end of the one before', () => {
    const fate = fates({ 'channel:plain': 'rejected', 'undo channel:c': 'pending' });
    const course = aCourse({ steps, repeat: 0 }, { fate });
    course.until(30_000);
    expect(undone(course)).toEqual(['undo channel:c at 0']);
  });

  test('takes back what may have arrived, and leaves what certainly did not', () => {
    const fate = fates({ 'channel:a': 'unknown', 'channel:b': 'rejected' });
    const course = aCourse({ steps, repeat: 0 }, { fate });
    course.until(0);
    expect(undone(course)).toEqual(['undo channel:c at 0', 'undo channel:a at 0']);
  });

  test('a page that is under way is withdrawn, and taken back in its place', () => {
    const fate = fates({ 'channel:a': 'rejected', 'page channel:c': 'pending' });
    const course = aCourse({ steps, repeat: 0 }, { fate });
    course.until(1_000);
    const [late] = course.state().pending.filter(({ target }) => target.name === 'channel:c');
    if (late === undefined) throw new Error('nothing is under way');
    expect(isUnwanted(course.state(), late)).toBe(true);
    expect(undone(course)).toEqual([]);
    course.until(2_000, { ends: [{ kind: 'withdrawn', key: late.key, reason: 'nobody needs it any more' }] });
    expect(undone(course)).toEqual(['undo channel:c at 2000', 'undo channel:b at 2000']);
  });

  test.each(['acknowledge', 'resolve'] as const)('goes on taking back after %s', (name) => {
    const fate = fates({ 'channel:plain': 'rejected', 'undo channel:c': 'pending' });
    const course = aCourse({ steps, repeat: 0 }, { fate });
    course.until(1_000, command(name));
    const undo = course.state().pending.filter(({ kind }) => kind === 'undo');
    course.until(2_000, { ends: undo.flatMap((pending) => endOf(pending, 'delivered')) });
    expect(undone(course)).toEqual([
      'undo channel:c at 0',
      'undo channel:b at 2000',
      'undo channel:a at 2000',
    ]);
  });

  test('an undo that fails is a dead letter, and the others are taken back nevertheless', () => {
    const fate = fates({ 'channel:plain': 'rejected', 'undo channel:c': 'rejected' });
    const course = aCourse({ steps, repeat: 0 }, { fate });
    course.until(0);
    expect(undone(course)).toEqual(['undo channel:c at 0', 'undo channel:b at 0', 'undo channel:a at 0']);
    expect(course.state().deadLetters).toMatchObject([{ kind: 'undo', target: { name: 'channel:c' } }]);
  });

  test('a page that is given up after somebody answered takes nothing back', () => {
    const course = aCourse({ steps, repeat: 0 }, { fate: fates({ 'channel:plain': 'pending' }) });
    course.until(1_000, command('acknowledge'));
    const ends = course.state().pending.flatMap((pending) => endOf(pending, 'rejected'));
    course.until(2_000, { ends });
    expect(undone(course)).toEqual([]);
  });

  test('a second page that is given up is no more sent again than the first', () => {
    const fate = fates({ 'channel:plain': 'rejected', 'channel:b': 'pending' });
    const course = aCourse({ steps, repeat: 0 }, { fate });
    course.until(1_000, { ends: endsOfPages(course, 'rejected') });
    expect(course.state().deadLetters).toEqual([]);
  });

  test('what is about to be taken back is not edited meanwhile', () => {
    const both = [channel('a', { ...undoable, updates: true }), channel('b', undoable), channel('plain')];
    const edited = [{ ...boss, targets: both, mode: 'all_or_nothing' as const }];
    const fate = fates({
      'channel:plain': 'rejected',
      'page channel:b': 'pending',
      'update channel:a': 'pending',
    });
    const course = aCourse({ steps: edited, repeat: 0 }, { fate });
    course.until(1_000, command('acknowledge'));
    course.until(2_000, { ends: endsOfPages(course, 'delivered') });
    expect(requestsOf(course).slice(3)).toEqual(['undo channel:b at 2000', 'undo channel:a at 2000']);
  });

  test('no further contact of a step that failed is paged', () => {
    const withAmy = [{ ...boss, targets: [channel('a'), user('amy')], mode: 'all_or_nothing' as const }];
    const answer = answerWith(person('amy', { phone: 0, mail: 30_000 }));
    const course = aCourse(
      { steps: withAmy, repeat: 0 },
      { answer, fate: fates({ 'channel:a': 'rejected' }) },
    );
    course.until(59_999);
    expect(requestsOf(course)).toEqual(['page channel:a at 0', 'page user:amy/phone at 0']);
  });

  test('what was taken back is not edited any more', () => {
    const edited = [
      {
        ...boss,
        targets: [channel('a', { ...undoable, updates: true }), channel('plain')],
        mode: 'all_or_nothing' as const,
      },
    ];
    const course = aCourse({ steps: edited, repeat: 0 }, { fate: fates({ 'channel:plain': 'rejected' }) });
    course.until(1_000, command('acknowledge'));
    expect(requestsOf(course).slice(2)).toEqual(['undo channel:a at 0']);
  });

  test('a contact of a chain that a more urgent one replaced decides nothing', () => {
    const withAmy = {
      ...boss,
      targets: [channel('a', undoable), user('amy')],
      mode: 'all_or_nothing' as const,
    };
    const answer = answerWith(person('amy', { phone: 0, mail: 90_000 }));
    const course = aCourse(
      { steps: [withAmy, { ...boss, targets: [user('amy')] }], repeat: 0 },
      { answer, reference: aReference({ severity: 'info' }), fate: fates({ 'user:amy/phone': 'pending' }) },
    );
    course.until(30_000, { references: [aReference({ position: 9 })] });
    course.until(70_000);
    const [old] = course.state().pending;
    if (old === undefined) throw new Error('nothing is under way');
    course.until(70_000, { ends: endOf(old, 'rejected') });
    expect(course.state().chains).toMatchObject([{ step: 1, asked: 1, dead: 0 }]);
    expect(undone(course)).toEqual([]);
  });

  test('a last contact that is given up after the next step began takes the others back', () => {
    const withAmy = {
      ...boss,
      targets: [channel('a', undoable), user('amy')],
      mode: 'all_or_nothing' as const,
    };
    const course = aCourse(
      { steps: [withAmy, boss], repeat: 0 },
      { answer: answerWith(person('amy')), fate: fates({ 'user:amy/phone': 'pending' }) },
    );
    course.until(61_000);
    expect(stepsOf(course)).toHaveLength(2);
    course.until(62_000, { ends: course.state().pending.flatMap((pending) => endOf(pending, 'rejected')) });
    expect(undone(course)).toEqual(['undo channel:a at 62000']);
  });

  test('goes on at once, and waits no longer when a second page is given up as well', () => {
    const plain = [{ ...boss, targets: [channel('a'), channel('b')], mode: 'all_or_nothing' as const }];
    const course = aCourse(
      { steps: plain, repeat: 0, onExhausted: [channel('ops')] },
      { fate: fates({ 'channel:a': 'rejected', 'channel:b': 'rejected' }) },
    );
    course.until(0);
    expect(requestsOf(course).at(-1)).toBe('page channel:ops at 0');
  });

  test('a user counts as given up when every contact is', () => {
    const withAmy = [
      { ...boss, targets: [channel('a', undoable), user('amy')], mode: 'all_or_nothing' as const },
      boss,
    ];
    const answer = answerWith(person('amy', { phone: 0, mail: 30_000 }));
    const course = aCourse(
      { steps: withAmy, repeat: 0 },
      { answer, fate: fates({ 'user:amy/phone': 'rejected', 'user:amy/mail': 'pending' }) },
    );
    course.until(1_000);
    expect(undone(course)).toEqual([]);
    const mail = course.state().pending.flatMap((pending) => endOf(pending, 'rejected'));
    course.until(2_000, { ends: mail });
    expect(undone(course)).toEqual(['undo channel:a at 2000']);
    expect(stepsOf(course)).toEqual(['0.0 opened at 0', '0.1 undeliverable at 2000']);
  });
});

test('a page of unknown outcome is taken back when its incident is resolved', () => {
  const target = channel('a', { provider: 'pagerduty', undoable: true });
  const course = aCourse(
    { steps: [{ targets: [target], waitMs: 60_000 }] },
    { fate: fates({ 'page channel:a': 'unknown' }) },
  );
  course.until(1_000, { nothingFires: true });
  expect(requestsOf(course)).toEqual(['page channel:a at 0', 'undo channel:a at 1000']);
  expect(course.state().pending).toEqual([]);
});

test('pages of unknown outcome are taken back one after the other', () => {
  const targets = ['a', 'b'].map((name) => channel(name, { provider: 'pagerduty', undoable: true }));
  const course = aCourse(
    { steps: [{ targets, waitMs: 60_000 }] },
    { fate: ({ kind }) => (kind === 'page' ? 'unknown' : 'pending') },
  );
  course.until(1_000, command('resolve'));
  expect(requestsOf(course).slice(2)).toEqual(['undo channel:b at 1000']);
  course.until(2_000, { ends: course.state().pending.flatMap((pending) => endOf(pending, 'delivered')) });
  expect(requestsOf(course).slice(3)).toEqual(['undo channel:a at 2000']);
});
