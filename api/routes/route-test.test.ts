import { expect, it } from 'vitest';
import { limits } from '../../domain/limits.ts';
import { authorized, createFakeApp } from '../fake-app.ts';

const post = (fake: ReturnType<typeof createFakeApp>, payload: string, headers = {}) =>
  fake.app.inject({
    method: 'POST',
    url: '/v1/routes/test',
    headers: { ...authorized, 'content-type': 'application/json', ...headers },
    payload,
  });

it('asks for what was given, for the tenant of the token', async () => {
  const fake = createFakeApp();
  const labels = { alertname: 'Down', 'a b': '' };
  const response = await post(fake, JSON.stringify({ labels, at: '2026-01-05T09:00:00+01:00' }));
  expect([response.statusCode, response.json()]).toEqual([200, { alerts: [] }]);
  const body = { source: 's', payload: [{ x: null }], headers: { 'CE-Id': '1' } };
  await post(fake, JSON.stringify(body));
  expect(fake.explained).toEqual([
    { tenant: 'default', labels, atMs: Date.parse('2026-01-05T08:00:00Z') },
    { tenant: 'default', source: 's', payload: [{ x: null }], headers: { 'ce-id': '1' } },
  ]);
});

it.each([
  ['{"labels": {"a": 1}}', '/labels/a'],
  ['{"labels": "a=b"}', '/labels'],
  ['{"label": {}}', '/label'],
  ['{"labels": {}, "tenant": "other"}', '/tenant'],
  ['{"labels": {}, "at": "yesterday"}', '/at'],
  ['{"labels": {}, "source": ""}', '/source'],
  ['[]', ''],
])('refuses %s and says where', async (payload, path) => {
  const fake = createFakeApp();
  const response = await post(fake, payload);
  const { code, path: found } = response.json();
  expect([response.statusCode, code, found]).toEqual([422, 'invalid_command', path]);
  expect(fake.explained).toEqual([]);
});

it('takes payloads as large as sources may send, and no larger ones', async () => {
  const fake = createFakeApp();
  const frame = JSON.stringify({ source: 's', payload: '' }).length;
  const send = (bytes: number) =>
    post(fake, JSON.stringify({ source: 's', payload: 'x'.repeat(bytes - frame) }));
  expect((await send(limits.maxBodyBytes)).statusCode).toBe(200);
  expect((await send(limits.maxBodyBytes + 1)).statusCode).toBe(413);
});

it('wants a token', async () => {
  const fake = createFakeApp();
  const response = await post(fake, '{"labels": {}}', { authorization: 'Bearer nobody' });
  expect([response.statusCode, response.json().code]).toEqual([401, 'unauthorized']);
  expect(fake.explained).toEqual([]);
});
