import { expect, test } from 'vitest';
import type { PolicyTarget, Target } from '../policy/policy.ts';
import type { TimeInterval } from '../time-interval/time-interval.ts';
import type { Directory } from './directory.ts';
import type { User } from './people.ts';
import { resolveStep } from './resolve-step.ts';
import type { StepQuestion } from './step-resolution.ts';
import { aLayer, anOverride, aSchedule } from './testing/a-schedule.ts';

/** A Tuesday, 13:00 in Berlin; amy's week. */
const atMs = Date.parse('2026-01-06T12:00:00.000Z');
const hourMs = 3_600_000;

const channel = (name: string): Target => ({
  kind: 'channel',
  name: `channel:${name}`,
  channel: name,
  provider: 'console',
  updates: false,
});
const contact = (user: string, name: string): Target => ({
  kind: 'contact',
  name: `user:${user}/${name}`,
  channel: `user:${user}/${name}`,
  provider: 'console',
  updates: false,
});
const user = (name: string): PolicyTarget => ({ kind: 'user', name: `user:${name}`, user: name });
const payments: PolicyTarget = { kind: 'schedule', name: 'schedule:payments', schedule: 'payments' };

function aUser(name: string, contacts: readonly string[] = ['phone'], rules?: User['rules']): User {
  return {
    name,
    timeZone: 'UTC',
    contacts: new Map(contacts.map((it) => [it, contact(name, it)])),
    rules: rules ?? { high: [], low: [] },
  };
}

function aDirectory(overrides: Partial<Directory> = {}): Directory {
  return {
    users: new Map(['amy', 'bo', 'cy'].map((name) => [name, aUser(name)])),
    schedules: new Map([['payments', aSchedule()]]),
    overrides: [],
    timeIntervals: new Map([
      ['business', hours('business', 9, 17)],
      ['night', hours('night', 22, 24)],
    ]),
    turnOf: () => {
      throw new Error('nobody asked for a turn');
    },
    ...overrides,
  };
}

function hours(name: string, from: number, to: number): TimeInterval {
  return { name, timeZone: 'Europe/Berlin', intervals: [{ times: [{ from: from * 60, to: to * 60 }] }] };
}

function aQuestion(overrides: Partial<StepQuestion> = {}): StepQuestion {
  return {
    tenant: 'default',
    incidentId: 'i',
    policy: 'p',
    round: 0,
    step: 1,
    atMs,
    targets: [payments],
    when: [],
    fallback: [channel('ops')],
    urgency: 'high',
    severity: 'critical',
    labels: { team: 'db' },
    alertCount: 3,
    openedAt: '2026-01-06T11:00:00.000Z',
    ...overrides,
  };
}

const page = (name: string, via?: string) => ({
  user: name,
  ...(via !== undefined && { via }),
  contacts: [{ target: contact(name, 'phone'), afterMs: 0 }],
});

test('a schedule is whoever is on call at the instant of the question', () => {
  expect(resolveStep(aQuestion(), aDirectory())).toEqual({
    kind: 'page',
    targets: [],
    people: [page('amy', 'schedule:payments')],
    notes: [],
  });
  const nextWeek = aQuestion({ atMs: atMs + 7 * 24 * hourMs });
  expect(resolveStep(nextWeek, aDirectory())).toMatchObject({ people: [{ user: 'bo' }] });
});

test('an override counts from the moment of its start', () => {
  const overrides = [anOverride({ user: 'cy', startMs: atMs, endMs: atMs + 1 })];
  expect(resolveStep(aQuestion(), aDirectory({ overrides }))).toMatchObject({ people: [{ user: 'cy' }] });
});

test('channels and people are paged side by side, each once', () => {
  const targets = [channel('a'), user('amy'), payments, channel('a'), user('bo')];
  expect(resolveStep(aQuestion({ targets }), aDirectory())).toEqual({
    kind: 'page',
    targets: [channel('a')],
    people: [page('amy'), page('bo')],
    notes: [],
  });
});

test('the rules of a person for the urgency say which contact comes when', () => {
  const rules = {
    high: [
      { contact: 'phone', afterMs: 0 },
      { contact: 'mail', afterMs: 120_000 },
    ],
    low: [{ contact: 'mail', afterMs: 0 }],
  };
  const users = new Map([['amy', aUser('amy', ['phone', 'mail', 'chat'], rules)]]);
  const ask = (urgency: 'high' | 'low') =>
    resolveStep(aQuestion({ targets: [user('amy')], urgency }), aDirectory({ users }));
  expect(ask('high')).toMatchObject({
    people: [
      {
        contacts: [
          { target: contact('amy', 'phone'), afterMs: 0 },
          { target: contact('amy', 'mail'), afterMs: 120_000 },
        ],
      },
    ],
  });
  expect(ask('low')).toMatchObject({ people: [{ contacts: [{ target: contact('amy', 'mail') }] }] });
});

test('without rules every contact is used at once', () => {
  const users = new Map([['amy', aUser('amy', ['phone', 'mail'])]]);
  expect(resolveStep(aQuestion({ targets: [user('amy')] }), aDirectory({ users }))).toMatchObject({
    people: [{ contacts: [{ afterMs: 0 }, { afterMs: 0 }] }],
  });
});

test.each<[string, PolicyTarget, Partial<Directory>, string]>([
  [
    'nobody is on call',
    payments,
    { schedules: new Map([['payments', aSchedule({ layers: [] })]]) },
    'nobody is on call in payments',
  ],
  [
    'who is on call has no contacts',
    payments,
    { users: new Map([['amy', aUser('amy', [])]]) },
    'user amy has no contacts',
  ],
  [
    'who is on call is gone',
    payments,
    { users: new Map([['bo', aUser('bo')]]) },
    'user amy is not configured any more',
  ],
  ['a user is gone', user('di'), {}, 'user di is not configured any more'],
  ['a schedule is gone', payments, { schedules: new Map() }, 'schedule payments is not configured any more'],
])('when %s, the fallback is paged and says so', (_, target, directory, note) => {
  expect(resolveStep(aQuestion({ targets: [target] }), aDirectory(directory))).toEqual({
    kind: 'page',
    targets: [channel('ops')],
    people: [],
    notes: [note],
  });
  expect(
    resolveStep(aQuestion({ targets: [target], fallback: [] }), aDirectory(directory)),
    'without a fallback the step is skipped',
  ).toEqual({ kind: 'skip', reason: 'nobody', notes: [note] });
});

test('where somebody else is paged, the fallback is not, and the page says who is missing', () => {
  expect(resolveStep(aQuestion({ targets: [user('di'), user('bo')] }), aDirectory())).toEqual({
    kind: 'page',
    targets: [],
    people: [page('bo')],
    notes: ['user di is not configured any more'],
  });
  expect(resolveStep(aQuestion({ targets: [user('di'), channel('a')] }), aDirectory())).toMatchObject({
    targets: [channel('a')],
  });
});

test('an empty step pages the fallback', () => {
  expect(resolveStep(aQuestion({ targets: [] }), aDirectory())).toMatchObject({ targets: [channel('ops')] });
});

test.each<[string, StepQuestion['when'], boolean]>([
  ['severity', [{ kind: 'severity', in: ['critical', 'error'] }], true],
  ['another severity', [{ kind: 'severity', in: ['warning'] }], false],
  ['urgency', [{ kind: 'urgency', is: 'high' }], true],
  ['another urgency', [{ kind: 'urgency', is: 'low' }], false],
  ['labels', [{ kind: 'labels', match: ['team=~"d.*"', '{env=""}'] }], true],
  ['other labels', [{ kind: 'labels', match: ['team="db"', 'env="prod"'] }], false],
  ['so many alerts', [{ kind: 'alerts', atLeast: 3 }], true],
  ['more alerts', [{ kind: 'alerts', atLeast: 4 }], false],
  ['open for so long', [{ kind: 'open_for', atLeastMs: hourMs }], true],
  ['open for longer', [{ kind: 'open_for', atLeastMs: hourMs + 1 }], false],
  ['within hours', [{ kind: 'hours', name: 'business', within: true }], true],
  ['outside of hours', [{ kind: 'hours', name: 'business', within: false }], false],
  ['outside of other hours', [{ kind: 'hours', name: 'night', within: false }], true],
  ['the other branch', [{ kind: 'not', of: [{ kind: 'alerts', atLeast: 3 }] }], false],
  [
    'the other branch, where one of two does not hold',
    [
      {
        kind: 'not',
        of: [
          { kind: 'alerts', atLeast: 3 },
          { kind: 'alerts', atLeast: 4 },
        ],
      },
    ],
    true,
  ],
  [
    'one of two that does not hold',
    [
      { kind: 'alerts', atLeast: 1 },
      { kind: 'alerts', atLeast: 4 },
    ],
    false,
  ],
])('a condition on %s: %j holds: %s', (_, when, expected) => {
  const { kind } = resolveStep(aQuestion({ when }), aDirectory());
  expect(kind).toBe(expected ? 'page' : 'skip');
  if (!expected)
    expect(resolveStep(aQuestion({ when }), aDirectory())).toMatchObject({ reason: 'condition' });
});

test('a condition that cannot be asked any more holds, and its other branch does not', () => {
  const gone = { kind: 'hours', name: 'gone', within: true } as const;
  const notes = ['time interval gone is not configured any more'];
  expect(resolveStep(aQuestion({ when: [gone] }), aDirectory())).toMatchObject({ kind: 'page', notes });
  expect(resolveStep(aQuestion({ when: [{ kind: 'not', of: [gone] }] }), aDirectory())).toMatchObject({
    kind: 'skip',
    notes,
  });
  const broken = { kind: 'labels', match: ['a=~"["'] } as const;
  expect(resolveStep(aQuestion({ when: [broken] }), aDirectory())).toMatchObject({
    kind: 'page',
    notes: ['a matcher of the policy can not be read'],
  });
});

test('low urgency waits for the hours, high urgency and the hours themselves do not', () => {
  const delayed = (overrides: Partial<StepQuestion>) =>
    resolveStep(aQuestion({ delayUntil: 'night', ...overrides }), aDirectory());
  expect(delayed({ urgency: 'low' })).toEqual({
    kind: 'delay',
    untilMs: Date.parse('2026-01-06T21:00:00.000Z'),
  });
  expect(delayed({ urgency: 'high' }).kind).toBe('page');
  expect(delayed({ urgency: 'low', delayUntil: 'business' }).kind).toBe('page');
});

test('a step whose condition does not hold waits for nothing', () => {
  const question = aQuestion({
    delayUntil: 'night',
    urgency: 'low',
    when: [{ kind: 'alerts', atLeast: 9 }],
  });
  expect(resolveStep(question, aDirectory()).kind).toBe('skip');
});

test('hours that are gone, or never come, delay nothing', () => {
  const never: TimeInterval = { name: 'never', timeZone: 'UTC', intervals: [] };
  const directory = aDirectory({ timeIntervals: new Map([['never', never]]) });
  const ask = (delayUntil: string) => resolveStep(aQuestion({ delayUntil, urgency: 'low' }), directory);
  expect(ask('gone')).toMatchObject({
    kind: 'page',
    notes: ['time interval gone is not configured any more'],
  });
  expect(ask('never')).toMatchObject({
    kind: 'page',
    notes: ['time interval never does not begin any more'],
  });
});

test('in turn one person is paged, from question to question another one', () => {
  const asked: string[] = [];
  const pagedAt = (turn: number) => {
    const directory = aDirectory({
      turnOf(key) {
        asked.push(key);
        return turn;
      },
    });
    const resolution = resolveStep(
      aQuestion({ targets: [user('amy'), user('di'), user('bo'), channel('a')], roundRobin: true }),
      directory,
    );
    return resolution.kind === 'page' && [resolution.people.map((it) => it.user), resolution.targets.length];
  };
  expect([0, 1, 2].map(pagedAt)).toEqual([
    [['amy'], 1],
    [['bo'], 1],
    [['amy'], 1],
  ]);
  expect(asked).toEqual(Array(3).fill('default/p/1'));
});

test('in turn through a schedule are all who are on duty, and one alone needs no turn', () => {
  const two = aSchedule({ layers: [aLayer({ users: ['amy'] }), aLayer({ users: ['bo'] })] });
  const schedules = new Map([['payments', two]]);
  const ask = (turn: number) =>
    resolveStep(aQuestion({ roundRobin: true }), aDirectory({ schedules, turnOf: () => turn }));
  expect([ask(0), ask(1)]).toMatchObject([{ people: [{ user: 'bo' }] }, { people: [{ user: 'amy' }] }]);
  expect(resolveStep(aQuestion({ roundRobin: true }), aDirectory())).toMatchObject({
    people: [{ user: 'amy' }],
  });
});
