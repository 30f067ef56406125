import { expect, test } from 'vitest';
import type { TocsinConfig } from './config.ts';
import { createPolicyDesk, type PeopleStore } from './policy-desk.ts';
import { loadValid } from './testing/load-fixture.ts';

const text = `
version: 1
sources: [{ name: s, type: alertmanager, key: 0123456789abcdef }]
routes: [{ policy: payments }]
time_intervals:
  business: { timezone: Europe/Berlin, intervals: [{ weekdays: ["monday:friday"], times: ["09:00-18:00"] }] }
fallback: [channel:ops]
policies:
  payments:
    repeat: 1
    ack_timeout: 30m
    steps:
      - { notify: [channel:chat], wait: 30s }
      - if: { severity: [critical] }
        then:
          - { notify: [schedule:payments, channel:chat], wait: 5m }
        else:
          - { notify: [schedule:payments], wait: 1h, delay_until: business }
      - { notify: [user:amy, user:bo], wait: 10m, if: { open_for: 6m }, round_robin: true }
users:
  amy:
    timezone: Europe/Berlin
    contacts: { phone: { type: console }, mail: { type: console } }
    rules: { high: [{ contact: phone }, { contact: mail, after: 2m }], low: [{ contact: mail }] }
  bo: { contacts: { phone: { type: console } } }
schedules:
  payments:
    timezone: Europe/Berlin
    layers: [{ users: [amy, bo], rotation: weekly, start: "2026-01-05T09:00" }]
channels: { ops: { type: console }, chat: { type: console } }
`;

const sunday = Date.parse('2026-01-11T20:00:00Z');

async function simulated(
  request: Parameters<ReturnType<typeof createPolicyDesk>['simulate']>[1],
  { config = text, store }: { config?: string; store?: PeopleStore } = {},
) {
  const loaded: TocsinConfig = await loadValid(config);
  const options = { config: () => loaded, now: () => sunday, ...(store !== undefined && { store }) };
  return createPolicyDesk(options).simulate('payments', request);
}

const moment = (iso: string) => iso.slice(11, 19);
async function timeline(...args: Parameters<typeof simulated>) {
  const { items } = await simulated(...args);
  return items.map(({ at, round, step, what, reason, targets, people }) => {
    const pages = people.flatMap(({ user, contacts }) => [
      `user:${user}`,
      ...contacts.map((contact) => `${contact.target} ${moment(contact.at)}`),
    ]);
    const whom = [...targets.map(({ target }) => target), ...pages];
    return `${moment(at)} ${round}/${step} ${what === 'page' ? whom.join(', ') : `${what} ${reason}`}`;
  });
}

test('tells the whole timeline of an incident that nobody answers', async () => {
  expect(await timeline({ tenant: 'default' })).toEqual([
    '20:00:00 0/0 channel:chat',
    '20:00:30 0/1 channel:chat, user:amy, user:amy/phone 20:00:30, user:amy/mail 20:02:30',
    '20:05:30 0/2 skip condition',
    '20:05:30 0/3 skip condition',
    '20:05:30 1/0 channel:chat',
    '20:06:00 1/1 channel:chat, user:amy, user:amy/phone 20:06:00, user:amy/mail 20:08:00',
    '20:11:00 1/2 skip condition',
    '20:11:00 1/3 user:amy, user:amy/phone 20:11:00, user:amy/mail 20:13:00',
    '20:21:00 1/4 channel:ops',
  ]);
  expect(await simulated({ tenant: 'default' })).toMatchObject({
    policy: 'payments',
    openedAt: '2026-01-11T20:00:00.000Z',
    exhaustedAt: '2026-01-11T20:21:00.000Z',
    truncated: false,
  });
});

test('waits for the hours that incidents of low urgency are put off to', async () => {
  const [, ...rest] = await timeline({ tenant: 'default', severity: 'warning' });
  const { items } = await simulated({ tenant: 'default', severity: 'warning' });
  expect(items.find(({ what }) => what === 'delay')).toMatchObject({
    at: '2026-01-11T20:00:30.000Z',
    step: 2,
    until: '2026-01-12T08:00:00.000Z',
  });
  // Monday nine o'clock in Berlin is also when amy hands over to bo
  expect(rest.slice(0, 3)).toEqual([
    '20:00:30 0/1 skip condition',
    '20:00:30 0/2 delay delayed',
    '08:00:00 0/2 user:bo, user:bo/phone 08:00:00',
  ]);
});

test('asks the store who took a schedule over, and whose turn it is', async () => {
  const asked: string[][] = [];
  const store: PeopleStore = {
    overrides: async () => [
      {
        id: 'o',
        schedule: 'payments',
        user: 'bo',
        startMs: sunday,
        endMs: sunday + 60_000,
        createdBy: 'bo',
      },
    ],
    async readTurns(names) {
      asked.push([...names]);
      return new Map([['acme/payments/3', 3]]);
    },
  };
  const found = await timeline({ tenant: 'acme', untilMs: sunday + 12 * 60_000 }, { store });
  expect(found.filter((line) => /user/.test(line))).toEqual([
    '20:00:30 0/1 channel:chat, user:bo, user:bo/phone 20:00:30',
    '20:06:00 1/1 channel:chat, user:amy, user:amy/phone 20:06:00, user:amy/mail 20:08:00',
    '20:11:00 1/3 user:bo, user:bo/phone 20:11:00',
  ]);
  expect(asked).toEqual([['acme/payments/3']]);
});

test('turns go on within one incident', async () => {
  const config = text.replace(', if: { open_for: 6m }', '');
  const found = await timeline({ tenant: 'default' }, { config });
  const turns = found.filter((line) => / \d\/3 /.test(line)).map((line) => /user:\w+/.exec(line)?.[0]);
  expect(turns).toEqual(['user:amy', 'user:bo']);
});

test('pages the fallback where nobody is on call, and says so', async () => {
  const config = text.replace('rotation: weekly, start', 'rotation: weekly, end: "2026-01-10T09:00", start');
  const { items } = await simulated({ tenant: 'default' }, { config });
  expect(items[1]).toMatchObject({ what: 'page', targets: [{ target: 'channel:chat' }] });
  const alone = config.replace('[schedule:payments, channel:chat]', '[schedule:payments]');
  expect((await simulated({ tenant: 'default' }, { config: alone })).items[1]).toMatchObject({
    what: 'page',
    targets: [{ target: 'channel:ops', provider: 'console' }],
    people: [],
    notes: ['nobody is on call in payments'],
  });
});

test('an incident of which nothing is heard ends by itself', async () => {
  const config = text.replace('repeat: 1', 'repeat: 1\n    auto_resolve: 1m');
  expect(await simulated({ tenant: 'default' }, { config })).toMatchObject({
    resolvedAt: '2026-01-11T20:01:00.000Z',
  });
});

test('ends with what anybody would read', async () => {
  const config = text.replace('repeat: 1', 'repeat: 1000');
  const { items, truncated } = await simulated({ tenant: 'default' }, { config });
  expect([items.length >= 1_000 && items.length < 1_010, truncated]).toEqual([true, true]);
});

test('refuses what it cannot imagine', async () => {
  await expect(simulated({ tenant: 'default', untilMs: sunday - 1 })).rejects.toMatchObject({
    code: 'invalid_command',
  });
  const config = await loadValid(text);
  const desk = createPolicyDesk({ config: () => config, now: () => sunday });
  await expect(desk.simulate('nobody', { tenant: 'default' })).rejects.toMatchObject({
    code: 'policy_not_found',
  });
  expect(() => desk.get('nobody')).toThrow('there is no such policy');
  expect(desk.list().map(({ name }) => name)).toEqual(['payments']);
});
