import { expect, test } from 'vitest';
import { configWith } from './testing/config-with.ts';
import { load, loadValid } from './testing/load-fixture.ts';

const business =
  'time_intervals: { business: { timezone: Europe/Berlin, intervals: [{ weekdays: ["monday:friday"], times: ["09:00-18:00"] }] } }';
const users = `users:
  amy:
    timezone: Europe/Berlin
    contacts: { phone: { type: console, updates: false }, chat: { type: slack, token: t, channel: D1 } }
    rules: { high: [{ contact: chat, after: 2m }, { contact: phone }] }
  bo: { contacts: { phone: { type: console, on_unknown: hold } } }`;
const schedules = `schedules:
  payments:
    timezone: Europe/Berlin
    layers: [{ users: [amy, bo], rotation: weekly, start: "2026-01-05T09:00" }]`;

const policyOf = async (text: string, more: Parameters<typeof configWith>[0] = {}) => {
  const parts = { time_intervals: business, users, schedules, ...more };
  const config = await loadValid(configWith({ ...parts, policies: `policies:\n  p:\n${indented(text)}` }));
  return config.policies.get('p');
};
const indented = (text: string) => text.replace(/^/gm, '    ');
const console1 = { kind: 'channel', name: 'channel:c', channel: 'c', provider: 'console', updates: true };

test('everything that a policy can say becomes data', async () => {
  const policy = await policyOf(`
repeat: 2
urgency: low
ack_timeout: 30m
remind_every: 10m
auto_resolve: 24h
resolve_hold: 2m
reopen_after: 4h
max_age: 12h
on_exhausted: [channel:c]
steps:
  - notify: [schedule:payments, user:amy, channel:c]
    wait: 5m
    mode: first_success
    if: { severity: [critical, error, critical], urgency: low, match: ['team="core", a!="b"'], hours: business, alerts: 3, open_for: 10m }
    round_robin: true
    delay_until: business
  - { notify: [channel:c], wait: 1m, mode: all, if: { outside_hours: business } }`);
  expect(policy).toEqual({
    name: 'p',
    configVersion: 0,
    repeat: 2,
    urgency: 'low',
    ackTimeoutMs: 1_800_000,
    remindEveryMs: 600_000,
    autoResolveMs: 86_400_000,
    resolveHoldMs: 120_000,
    reopenAfterMs: 14_400_000,
    maxAgeMs: 43_200_000,
    onExhausted: [console1],
    steps: [
      {
        targets: [
          { kind: 'schedule', name: 'schedule:payments', schedule: 'payments' },
          { kind: 'user', name: 'user:amy', user: 'amy' },
          console1,
        ],
        waitMs: 300_000,
        mode: 'first_success',
        when: [
          { kind: 'severity', in: ['critical', 'error'] },
          { kind: 'urgency', is: 'low' },
          { kind: 'labels', match: ['team="core"', 'a!="b"'] },
          { kind: 'hours', name: 'business', within: true },
          { kind: 'alerts', atLeast: 3 },
          { kind: 'open_for', atLeastMs: 600_000 },
        ],
        delayUntil: 'business',
        roundRobin: true,
      },
      { targets: [console1], waitMs: 60_000, when: [{ kind: 'hours', name: 'business', within: false }] },
    ],
  });
});

test('a policy that says nothing but steps has nothing else', async () => {
  expect(await policyOf('steps: [{ notify: [channel:c], wait: 1m }]')).toEqual({
    name: 'p',
    configVersion: 0,
    repeat: 0,
    steps: [{ targets: [console1], waitMs: 60_000 }],
  });
});

test('branches become steps in a row, each with what all branches around it ask', async () => {
  const policy = await policyOf(`
steps:
  - if: { alerts: 10, severity: [critical] }
    then:
      - { notify: [user:amy], wait: 1m }
      - if: { hours: business }
        then: [{ notify: [user:bo], wait: 2m, if: { open_for: 5m } }]
    else:
      - { notify: [channel:c], wait: 3m }
  - { notify: [channel:c], wait: 4m }`);
  const [many, critical] = [
    { kind: 'alerts', atLeast: 10 },
    { kind: 'severity', in: ['critical'] },
  ];
  const inHours = { kind: 'hours', name: 'business', within: true };
  const asked = policy?.steps.map(({ targets, waitMs, when }) => [targets[0]?.name, waitMs / 60_000, when]);
  expect(asked).toEqual([
    ['user:amy', 1, [critical, many]],
    ['user:bo', 2, [critical, many, inHours, { kind: 'open_for', atLeastMs: 300_000 }]],
    ['channel:c', 3, [{ kind: 'not', of: [critical, many] }]],
    ['channel:c', 4, undefined],
  ]);
});

test("the file's fallback is that of every policy without one of its own", async () => {
  const config = await loadValid(
    configWith({
      channels: 'channels: { c: { type: console }, d: { type: console } }',
      fallback: 'fallback: [channel:d]',
      routes: 'routes: [{ policy: own, match: [a=b] }, { policy: p }]',
      policies:
        'policies: { p: { steps: [{ notify: [channel:c], wait: 1m }] }, own: { on_exhausted: [channel:c], steps: [{ notify: [channel:c], wait: 1m }] } }',
    }),
  );
  const names = [...config.policies].map(([name, { onExhausted }]) => [
    name,
    onExhausted?.map((to) => to.name),
  ]);
  expect(names).toEqual([
    ['p', ['channel:d']],
    ['own', ['channel:c']],
  ]);
});

test("a user's contacts are channels, and their rules are in the order in which they begin", async () => {
  const policies = 'policies: { p: { steps: [{ notify: [user:amy, user:bo], wait: 1m }] } }';
  const { channels, users: people } = await loadValid(configWith({ users, policies }));
  const contact = (channel: string, more: object) => ({ kind: 'contact', name: channel, channel, ...more });
  expect(people.get('amy')).toEqual({
    name: 'amy',
    timeZone: 'Europe/Berlin',
    contacts: new Map([
      ['phone', contact('user:amy/phone', { provider: 'console', updates: false })],
      ['chat', contact('user:amy/chat', { provider: 'slack', updates: true, undoable: true })],
    ]),
    rules: {
      high: [
        { contact: 'phone', afterMs: 0 },
        { contact: 'chat', afterMs: 120_000 },
      ],
      low: [
        { contact: 'phone', afterMs: 0 },
        { contact: 'chat', afterMs: 120_000 },
      ],
    },
  });
  expect(people.get('bo')).toMatchObject({ timeZone: 'UTC', rules: { high: [], low: [] } });
  expect([...channels.keys()]).toEqual(['c', 'user:amy/phone', 'user:amy/chat', 'user:bo/phone']);
  expect(channels.get('user:bo/phone')).toEqual({
    name: 'user:bo/phone',
    provider: 'console',
    updates: true,
    onUnknown: 'hold',
  });
});

test('time intervals and schedules are part of the configuration', async () => {
  const policies =
    'policies: { p: { steps: [{ notify: [schedule:payments], wait: 1m, if: { hours: business } }] } }';
  const config = await loadValid(configWith({ time_intervals: business, users, schedules, policies }));
  expect([...config.timeIntervals.keys()]).toEqual(['business']);
  expect(config.schedules.get('payments')?.layers[0]?.users).toEqual(['amy', 'bo']);
});

test('the step limit counts the steps of branches', async () => {
  const step = '{ notify: [channel:c], wait: 1s }';
  const branch = `{ if: { alerts: 2 }, then: [${Array(26).fill(step)}], else: [${Array(25).fill(step)}] }`;
  const result = await load(configWith({ policies: `policies: { p: { steps: [${branch}] } }` }));
  expect(result).toMatchObject({
    ok: false,
    problems: [{ path: 'policies.p.steps', reason: 'must have at most 50 steps, those of branches counted' }],
  });
});

const hashOf = async (changes: Parameters<typeof configWith>[0], env = {}) =>
  (await loadValid(configWith({ time_intervals: business, users, schedules, ...changes }), { env })).hash;

test.each([
  ['the time of a contact rule', { users: users.replace('2m', '3m') }],
  ['a contact', { users: users.replace('D1', 'D2') }],
  ['what is done with a page that may have arrived', { users: users.replace('hold', 'resend') }],
  ['a schedule', { schedules: schedules.replace('weekly', 'daily') }],
  ['a time interval', { time_intervals: business.replace('18:00', '17:00') }],
  ['the fallback', { fallback: 'fallback: [channel:c]' }],
  [
    'a condition',
    { policies: 'policies: { p: { steps: [{ notify: [channel:c], wait: 1m, if: { alerts: 2 } }] } }' },
  ],
])('another %s is another configuration', async (_, changes) => {
  expect(await hashOf(changes)).not.toBe(await hashOf({}));
});

test("a rotated secret of a user's contact is no other configuration", async () => {
  const changed = { users: users.replace('token: t,', 'token: rotated, signing_secret: 0123456789abcdef,') };
  expect(await hashOf(changed)).toBe(await hashOf({}));
});
