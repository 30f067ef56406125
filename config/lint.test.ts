import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conditionsHold } from '../domain/people/conditions-hold.ts';
import type { StepQuestion } from '../domain/people/step-resolution.ts';
import type { Condition, Urgency } from '../domain/policy/policy.ts';
import { urgencyOf } from '../domain/policy/urgency.ts';
import { severities } from '../domain/severity.ts';
import { createFindings } from './findings.ts';
import { lintPolicies } from './lint-policies.ts';
import { loadConfigText } from './load.ts';
import { configWith, type PartName } from './testing/config-with.ts';

const nowMs = Date.parse('2026-03-02T00:00:00Z');
const people = {
  users: 'users: { amy: { contacts: { phone: { type: console } } } }',
  fallback: 'fallback: [channel:c]',
} as const;
const always = '{ users: [amy], rotation: weekly, start: "2026-01-05T09:00" }';
const schedule = (layers: string) => `schedules: { s: { layers: [${layers}] } }`;
const steps = (text: string, more = '') => `policies: { p: { steps: [${text}]${more} } }`;
const page = (more = '') => `{ notify: [channel:c], wait: 1m${more} }`;

async function warningsOf(
  changes: Partial<Record<PartName, string>>,
  lintAtMs?: number,
): Promise<readonly string[]> {
  const readFile = async () => '';
  const when = lintAtMs === undefined ? {} : { lintAtMs };
  const text = configWith(changes);
  const result = await loadConfigText({ text, file: 'tocsin.yml', env: {}, readFile, ...when });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.warnings.map(({ path, reason }) => `${path}: ${reason}`);
}

test('what is sound warns of nothing', async () => {
  const policies = steps(`{ notify: [schedule:s, user:amy], wait: 1m }, ${page(', if: { alerts: 2 }')}`);
  expect(await warningsOf({ ...people, policies, schedules: schedule(always) }, nowMs)).toEqual([]);
});

test('warns of people without a fallback', async () => {
  const warnings = await warningsOf({
    users: people.users,
    policies: steps('{ notify: [user:amy], wait: 1m }'),
  });
  expect(warnings).toEqual([
    'policies.p: names people, but there is no on_exhausted and no fallback: when nobody is on call, nobody is paged',
    'channels.c: no policy notifies this channel',
  ]);
});

test('warns of severities that no step is for, where there is no fallback either', async () => {
  const branch = `{ if: { urgency: low }, then: [${page(', if: { severity: [critical] }')}], else: [${page()}] }`;
  const policies = steps(`${page(', if: { severity: [critical, info], alerts: 2 }')}, ${branch}`);
  const reason =
    'pages nobody for incidents of severity warning: no step is for them, and there is no fallback';
  expect(await warningsOf({ policies })).toEqual([`policies.p.steps: ${reason}`]);
  expect(await warningsOf({ policies, fallback: people.fallback })).toEqual([]);
});

test('warns of a user whom nothing reaches, and of a contact that no rule uses', async () => {
  const users =
    'users: { amy: {}, bo: { contacts: { a: { type: console }, b: { type: console } }, rules: { high: [{ contact: a }] } } }';
  const policies = steps(`{ notify: [user:amy, user:bo, channel:c], wait: 1m }`);
  expect(await warningsOf({ ...people, users, policies })).toEqual([
    'users.amy: has no contacts and cannot be paged',
    'users.bo.contacts.b: no rule of this user uses this contact',
  ]);
});

test.each([
  ['severities with nothing in common', page(', if: { severity: [info] }'), 'severity: [critical]'],
  ['the same hours within and outside', page(', if: { outside_hours: t }'), 'hours: t'],
  ['two urgencies', page(', if: { urgency: low }'), 'urgency: high'],
])('warns of a branch that asks for %s', async (_, inner, outer) => {
  const time_intervals = 'time_intervals: { t: { intervals: [{ months: [may] }] } }';
  const policies = steps(`${page()}, { if: { ${outer} }, then: [${inner}] }`);
  const used = outer.includes('hours') ? { time_intervals } : {};
  expect(await warningsOf({ ...used, policies })).toEqual([
    'policies.p.steps: step 1, branches counted through, is never taken: its conditions contradict each other',
  ]);
});

test('warns of an else within the same condition, and of one that leaves no severity', async () => {
  const same = steps(
    `{ if: { alerts: 2 }, then: [{ if: { alerts: 2 }, then: [${page()}], else: [${page()}] }] }`,
  );
  expect(await warningsOf({ policies: same })).toEqual([expect.stringContaining('step 1')]);
  const all = '{ severity: [critical, error, warning, info] }';
  const none = steps(`{ if: ${all}, then: [${page()}], else: [${page()}] }`);
  expect(await warningsOf({ policies: none })).toEqual([expect.stringContaining('step 1')]);
});

test('an else of which a part may hold is reached', async () => {
  const policies = steps(
    `{ if: { alerts: 2, open_for: 1m }, then: [${page()}], else: [${page(', if: { alerts: 2 }')}, ${page(', if: { severity: [info] }')}] }`,
  );
  expect(await warningsOf({ policies })).toEqual([]);
});

test("a policy's urgency counts among the conditions of its steps", async () => {
  const policies = steps(`${page(', if: { urgency: low }')}`, ', urgency: high');
  expect(await warningsOf({ policies })).toEqual([expect.stringContaining('step 0')]);
});

test('warns of a delay that never applies', async () => {
  const time_intervals = 'time_intervals: { t: { intervals: [{ months: [may] }] } }';
  const policies = steps(page(', delay_until: t'), ', urgency: high');
  expect(await warningsOf({ time_intervals, policies })).toEqual([
    'policies.p.urgency: is high for every incident of this policy, so that delay_until changes nothing',
  ]);
});

test('warns of rounds that go on for more than a month', async () => {
  const policies = steps('{ notify: [channel:c], wait: 8d }', ', repeat: 3');
  expect(await warningsOf({ policies })).toEqual([
    'policies.p.repeat: all rounds together take longer than 30d',
  ]);
  expect(await warningsOf({ policies: policies.replace('8d', '7d') })).toEqual([]);
});

test('warns of users, schedules and fallbacks that nothing names', async () => {
  const schedules = schedule(always);
  expect(await warningsOf({ ...people, schedules, fallback: '' })).toEqual([
    'schedules.s: no policy notifies this schedule',
  ]);
  expect(await warningsOf({ ...people })).toEqual(['users.amy: no policy and no schedule names this user']);
});

test('warns of times within 30 days at which nobody is on call, when it knows the time', async () => {
  const policies = steps('{ notify: [schedule:s], wait: 1m }');
  const weekdays = `{ users: [amy], rotation: weekly, start: "2026-01-05T00:00", restrict: { days: [mon, tue, wed, thu, fri, sat] } }`;
  const changes = { ...people, policies, schedules: schedule(weekdays) };
  expect(await warningsOf(changes, nowMs)).toEqual([
    'schedules.s: nobody is on call 4 times within the next 30 days, first from 2026-03-08T00:00:00.000Z to 2026-03-09T00:00:00.000Z',
  ]);
  expect(await warningsOf(changes)).toEqual([]);
  const later = schedule(always.replace('2026-01-05', '2026-04-02'));
  expect(await warningsOf({ ...changes, schedules: later }, nowMs)).toEqual([
    expect.stringContaining('nobody is on call once within'),
  ]);
});

test('a step that it calls unreachable is taken by no incident', () => {
  const alerts = fc.record({ kind: fc.constant('alerts' as const), atLeast: fc.integer({ min: 1, max: 2 }) });
  const severity = fc.record({
    kind: fc.constant('severity' as const),
    in: fc.uniqueArray(fc.constantFrom(...severities), { minLength: 1, maxLength: 3 }),
  });
  const urgency = fc.record({
    kind: fc.constant('urgency' as const),
    is: fc.constantFrom<Urgency>('high', 'low'),
  });
  const hours = fc.record({
    kind: fc.constant('hours' as const),
    name: fc.constantFrom('always', 'never'),
    within: fc.boolean(),
  });
  const plain: fc.Arbitrary<Condition> = fc.oneof(alerts, severity, urgency, hours);
  const not = fc.record({
    kind: fc.constant('not' as const),
    of: fc.array(plain, { minLength: 1, maxLength: 2 }),
  });
  const when = fc.array(fc.oneof(plain, not), { maxLength: 4 });
  const ofPolicy = fc.record({ urgency: fc.constantFrom<Urgency>('high', 'low') }, { requiredKeys: [] });
  const interval = (name: string, years: readonly [number, number]) =>
    [name, { name, timeZone: 'UTC', intervals: [{ years: [{ from: years[0], to: years[1] }] }] }] as const;
  const timeIntervals = new Map([interval('always', [2000, 2100]), interval('never', [2000, 2001])]);
  let found = 0;
  fc.assert(
    fc.property(when, ofPolicy, (conditions, more) => {
      const steps = [{ targets: [], waitMs: 1, when: conditions }];
      const policy = { name: 'p', configVersion: 0, repeat: 0, steps, ...more };
      const findings = createFindings();
      lintPolicies({ policies: new Map([['p', policy]]) }, findings);
      if (!findings.warnings.some(({ reason }) => reason.includes('never taken'))) return;
      found += 1;
      for (const each of severities) {
        for (const alertCount of [1, 2]) {
          const question = {
            severity: each,
            urgency: urgencyOf(each, policy),
            alertCount,
            atMs: nowMs,
          } as StepQuestion;
          const context = { question, directory: { timeIntervals }, note: () => {} };
          expect(conditionsHold(conditions, context)).toBe(false);
        }
      }
    }),
    { numRuns: 500 },
  );
  expect(found).toBeGreaterThan(10);
});
