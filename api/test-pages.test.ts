import { expect, test } from 'vitest';
import type { TocsinConfig } from '../config/config.ts';
import type { User } from '../domain/people/people.ts';
import type { NotificationRequest } from '../domain/policy/notification.ts';
import type { Target } from '../domain/policy/policy.ts';
import { createFakeApp, nowMs, token } from './fake-app.ts';
import { createTestPages } from './test-pages.ts';

function aContact(user: string, name: string, provider = 'webhook'): Target {
  const channel = `user:${user}/${name}`;
  return { kind: 'contact', name: channel, channel, provider, updates: false };
}

const amy: User = {
  name: 'amy',
  timeZone: 'Europe/Berlin',
  contacts: new Map([
    ['phone', aContact('amy', 'phone', 'twilio_sms')],
    ['mail', aContact('amy', 'mail', 'email')],
    ['chat', aContact('amy', 'chat', 'slack')],
  ]),
  rules: {
    high: [
      { contact: 'phone', afterMs: 0 },
      { contact: 'mail', afterMs: 60_000 },
      { contact: 'phone', afterMs: 120_000 },
    ],
    low: [],
  },
};

function aWebhook(name: string) {
  return { name, provider: 'webhook', url: 'https://example.org', secrets: [], updates: false } as const;
}

const config = {
  channels: new Map([
    ['ops', aWebhook('ops')],
    ['user:amy/phone', aWebhook('user:amy/phone')],
  ]),
  users: new Map([['amy', amy]]),
} as const satisfies Pick<TocsinConfig, 'channels' | 'users'>;

const caller = { tenant: 'default', by: 'bo', traceparent: '00-0123-4567-01' };

function thePages() {
  const sent: NotificationRequest[] = [];
  let clockMs = nowMs;
  const ids = Array.from({ length: 9 }, (_, n) => `id-${n}`);
  const pages = createTestPages({
    config: () => config,
    async send(request) {
      sent.push(request);
      clockMs += 40;
      return request.channel.endsWith('mail')
        ? { outcome: 'rejected', reason: 'no such mailbox' }
        : { outcome: 'delivered' };
    },
    newId: () => ids.pop() ?? '',
    now: () => clockMs,
  });
  return { sent, pages };
}

test('a channel gets a page that says it is a test, who asked, and for how long it matters', async () => {
  const { sent, pages } = thePages();
  const result = await pages.channel('ops', caller);
  expect(result).toEqual({ channel: 'ops', provider: 'webhook', outcome: 'delivered', ms: 40 });
  expect(sent).toMatchObject([
    {
      kind: 'test',
      tenant: 'default',
      channel: 'ops',
      by: 'bo',
      deadlineAt: new Date(nowMs + 12_000).toISOString(),
      incident: { id: 'test', severity: 'info', alertCount: 0 },
      notes: ['this is a test that bo asked for'],
    },
  ]);
});

test('no two tests share a key', async () => {
  const { sent, pages } = thePages();
  await pages.channel('ops', caller);
  await pages.channel('ops', caller);
  const keys = sent.map(({ key }) => key);
  expect(new Set(keys).size).toBe(2);
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{64}$/);
});

test("a user's rules say which contacts are tested, each once; without rules all of them are", async () => {
  const { pages } = thePages();
  const high = await pages.user('amy', 'high', caller);
  expect(high.map(({ channel, outcome }) => [channel, outcome])).toEqual([
    ['user:amy/phone', 'delivered'],
    ['user:amy/mail', 'rejected'],
  ]);
  const low = await pages.user('amy', 'low', caller);
  expect(low.map(({ channel }) => channel)).toEqual(['user:amy/phone', 'user:amy/mail', 'user:amy/chat']);
});

test('who or what is not configured is not found', async () => {
  const { sent, pages } = thePages();
  await expect(pages.channel('toString', caller)).rejects.toMatchObject({ code: 'channel_not_found' });
  await expect(pages.user('zoe', 'high', caller)).rejects.toMatchObject({ code: 'user_not_found' });
  expect(sent).toEqual([]);
});

function post(url: string, payload: object) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return createFakeApp().app.inject({ method: 'POST', url, headers, payload });
}

test('the answer lists what came of each contact', async () => {
  const channel = await post('/v1/channels/ops/test', { by: 'bo' });
  expect(channel.statusCode).toBe(202);
  expect(channel.json()).toMatchObject({ items: [{ channel: 'ops', outcome: 'delivered', ms: 12 }] });
  const user = await post('/v1/users/amy/test', { by: 'bo', urgency: 'low' });
  expect(user.json()).toMatchObject({ items: [{ channel: 'user:amy/mail' }] });
  const unnamed = await post('/v1/users/amy/test', { by: 'bo' });
  expect(unnamed.json()).toMatchObject({ items: [{ channel: 'user:amy/phone' }] });
});

test('a contact is a channel whose name has a slash', async () => {
  const { sent, pages } = thePages();
  const { app } = createFakeApp({ testPages: pages });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const ask = (name: string) =>
    app.inject({ method: 'POST', url: `/v1/channels/${name}/test`, headers, payload: { by: 'bo' } });
  expect((await ask('user%3Aamy%2Fphone')).statusCode).toBe(202);
  expect(sent.map(({ channel }) => channel)).toEqual(['user:amy/phone']);
});

test.each([
  ['/v1/channels/x/test', { by: 'bo' }, 404, 'channel_not_found'],
  ['/v1/users/x/test', { by: 'bo' }, 404, 'user_not_found'],
  ['/v1/channels/ops/test', {}, 422, 'invalid_command'],
  ['/v1/users/amy/test', { by: 'bo', urgency: 'medium' }, 422, 'invalid_command'],
  ['/v1/channels/ops/test', { by: ' ' }, 422, 'invalid_command'],
])('%s with %j is answered %i', async (url, body, status, code) => {
  const answer = await post(url, body);
  expect(answer.statusCode).toBe(status);
  expect(answer.json()).toMatchObject({ code });
});
