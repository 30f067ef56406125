import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  aCourse,
  answerAll,
  answerWith,
  channel,
  contact,
  courseStartMs,
  person,
  stepsOf,
  user,
} from '../../test/support/incident-course.ts';
import { aPolicy, aSubject } from '../../test/support/incident-events.ts';
import { limits } from '../limits.ts';
import type { Schedule, User } from '../people/people.ts';
import { resolveStep } from '../people/resolve-step.ts';
import type { StepQuestion, StepResolution } from '../people/step-resolution.ts';
import type { PolicySnapshot, StepMode } from './policy.ts';
import { type Simulation, simulate } from './simulate.ts';

const chat = { targets: [channel('chat')], waitMs: 60_000 };

interface Asked {
  readonly untilMs?: number;
  readonly resolve?: (question: StepQuestion) => StepResolution;
  readonly alertCount?: number;
  readonly groupWaitMs?: number;
}

function run(changes: Partial<PolicySnapshot>, asked: Asked = {}): Simulation {
  const { untilMs = 86_400_000, resolve = answerAll, alertCount = 1, groupWaitMs } = asked;
  return simulate({
    incident: {
      subject: aSubject(),
      severity: 'critical',
      labels: { team: 'db' },
      alertCount,
      ...(groupWaitMs !== undefined && { groupWaitMs }),
    },
    policy: aPolicy(changes),
    startMs: courseStartMs,
    untilMs: courseStartMs + untilMs,
    resolve,
  });
}

function told({ entries }: Simulation): string[] {
  return entries.map((entry) => {
    const at = entry.atMs - courseStartMs;
    const whom =
      entry.kind === 'started'
        ? [
            ...entry.targets.map(({ name }) => name),
            ...entry.people.flatMap(({ contacts }) =>
              contacts.map(({ target, atMs }) => `${target.name} at ${atMs - courseStartMs}`),
            ),
          ].join(', ')
        : '';
    return `${at} ${entry.kind} ${whom}`.trimEnd();
  });
}

test('tells who is paged when, to the end of all steps', () => {
  const steps = [chat, { targets: [user('amy')], waitMs: 120_000 }];
  const resolve = answerWith(person('amy', { phone: 0, mail: 30_000 }));
  expect(told(run({ steps, repeat: 1, onExhausted: [channel('ops')] }, { resolve }))).toEqual([
    '0 started channel:chat',
    '60000 started user:amy/phone at 60000, user:amy/mail at 90000',
    '180000 started channel:chat',
    '240000 started user:amy/phone at 240000, user:amy/mail at 270000',
    '360000 exhausted',
    '360000 started channel:ops',
  ]);
});

test('tells nothing that comes after the instant asked for', () => {
  expect(told(run({ steps: [chat], repeat: 10 }, { untilMs: 120_000 }))).toEqual([
    '0 started channel:chat',
    '60000 started channel:chat',
    '120000 started channel:chat',
  ]);
});

test('asks the resolver for each step at its own instant, with the facts of the incident', () => {
  const asked: StepQuestion[] = [];
  const steps = [{ ...chat, when: [{ kind: 'alerts' as const, atLeast: 3 }] }];
  const resolve = (question: StepQuestion): StepResolution => {
    asked.push(question);
    return { kind: 'skip', reason: 'condition', notes: ['why'] };
  };
  const simulation = run({ steps, repeat: 1 }, { resolve, alertCount: 3, groupWaitMs: 10_000 });
  expect(
    asked.map(({ atMs, alertCount, labels }) => ({
      at: atMs - courseStartMs,
      alertCount,
      team: labels.team,
    })),
  ).toEqual([
    { at: 10_000, alertCount: 3, team: 'db' },
    { at: 70_000, alertCount: 3, team: 'db' },
  ]);
  expect(simulation.entries[0]).toMatchObject({ kind: 'skipped', reason: 'condition', notes: ['why'] });
  expect(told(simulation).at(-1)).toBe('70000 exhausted');
});

test('tells of hours that a step waits for', () => {
  const steps = [{ ...chat, delayUntil: 'business' }];
  const resolve = (question: StepQuestion): StepResolution =>
    question.delayUntil === undefined
      ? answerAll(question)
      : { kind: 'delay', untilMs: question.atMs + 5_000 };
  const simulation = run({ steps, repeat: 0, urgency: 'low' }, { resolve });
  expect(simulation.entries[0]).toMatchObject({ kind: 'delayed', untilMs: courseStartMs + 5_000 });
  expect(told(simulation)[1]).toBe('5000 started channel:chat');
});

test('asks the resolver of the sagas, so that a handoff in the middle shows', () => {
  const phoneOf = (name: string): User => ({
    name,
    timeZone: 'UTC',
    contacts: new Map([['phone', contact(name, 'phone')]]),
    rules: { high: [], low: [] },
  });
  const schedule: Schedule = {
    name: 'payments',
    timeZone: 'UTC',
    layers: [{ users: ['amy', 'bo'], rotation: { unit: 'hour', every: 1 }, start: '2026-01-05T08:30' }],
  };
  const directory = {
    users: new Map(['amy', 'bo'].map((name) => [name, phoneOf(name)])),
    schedules: new Map([['payments', schedule]]),
    overrides: [],
    timeIntervals: new Map(),
    turnOf: () => 0,
  };
  const target = { kind: 'schedule' as const, name: 'schedule:payments', schedule: 'payments' };
  const steps = [
    { targets: [target], waitMs: 1_200_000 },
    { ...chat, waitMs: 1_200_000, when: [{ kind: 'open_for' as const, atLeastMs: 2_400_000 }] },
  ];
  const resolve = (question: StepQuestion) => resolveStep(question, directory);
  expect(told(run({ steps, repeat: 2 }, { resolve })).slice(0, 6)).toEqual([
    '0 started user:amy/phone at 0',
    '1200000 skipped',
    '1200000 started user:amy/phone at 1200000',
    '2400000 started channel:chat',
    '3600000 started user:bo/phone at 3600000',
    '4800000 started channel:chat',
  ]);
});

test('a thousand rounds are cut off, and it says so', () => {
  const simulation = run({ steps: [chat, chat], repeat: 1_000 }, { untilMs: 2_592_000_000 });
  expect(simulation.isCut).toBe(true);
  expect(simulation.entries).toHaveLength(limits.maxSimulatedSteps);
});

test('tells of an end that comes by itself', () => {
  expect(told(run({ steps: [chat], repeat: 0, autoResolveMs: 90_000 })).at(-1)).toBe('90000 resolved');
});

describe('for any policy', () => {
  const targets = fc.uniqueArray(fc.constantFrom(channel('a'), channel('b'), user('amy'), user('bo')), {
    minLength: 1,
    maxLength: 4,
    selector: ({ name }) => name,
  });
  const steps = fc.array(
    fc.record({
      targets,
      waitMs: fc.integer({ min: 1, max: 300 }).map((seconds) => seconds * 1_000),
      mode: fc.constantFrom<StepMode>('all', 'first_success', 'all_or_nothing'),
    }),
    { minLength: 1, maxLength: 4 },
  );

  test('tells what then happens when nobody answers and everything is delivered', () => {
    const answer = (question: StepQuestion): StepResolution => {
      const users = question.targets.flatMap((target) => (target.kind === 'user' ? [target.user] : []));
      return answerWith(...users.map((name) => person(name, { phone: 0, mail: 45_000 })))(question);
    };
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 3 }), (some, repeat) => {
        const policy = { steps: some, repeat, onExhausted: [channel('ops')] };
        const course = aCourse(policy, { answer });
        course.until(86_400_000);
        const simulation = run(policy, { resolve: answer });
        expect(
          simulation.entries.flatMap((entry) =>
            entry.kind === 'started'
              ? [`${entry.round}.${entry.step} ${entry.reason} at ${entry.atMs - courseStartMs}`]
              : [],
          ),
        ).toEqual(stepsOf(course));
        const pages = course
          .events()
          .flatMap(({ atMs, event }) =>
            event.type === 'NotificationRequested' ? [`${event.data.target.name} at ${atMs}`] : [],
          );
        const simulated = simulation.entries.flatMap((entry) =>
          entry.kind === 'started'
            ? [
                ...entry.targets.map(({ name }) => `${name} at ${entry.atMs - courseStartMs}`),
                ...entry.people.flatMap(({ contacts }) =>
                  contacts.map(({ target, atMs }) => `${target.name} at ${atMs - courseStartMs}`),
                ),
              ]
            : [],
        );
        expect(simulated.sort()).toEqual(pages.sort());
      }),
      { numRuns: 200 },
    );
  });
});
