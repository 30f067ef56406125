import { expect, test } from 'vitest';
import { createFakeApp, nowMs, otherToken, silenceId, token } from '../fake-app.ts';

const body = { matchers: ['team="db"'], for: '2h', by: 'amy', comment: 'maintenance' };
const inTwoHours = new Date(nowMs + 7_200_000).toISOString();

function call(
  fake: ReturnType<typeof createFakeApp>,
  options: { method?: string; url?: string; body?: object; as?: string },
) {
  const { method = 'POST', url = '/v1/silences', as = token } = options;
  return fake.app.inject({
    method: method as 'POST',
    url,
    headers: { authorization: `Bearer ${as}`, ...(options.body && { 'content-type': 'application/json' }) },
    ...(options.body && { payload: JSON.stringify(options.body) }),
  });
}

test('a silence is asked for by text and span, and shown with its status', async () => {
  const fake = createFakeApp();
  const answer = await call(fake, { body });
  expect(answer.statusCode).toBe(201);
  expect(answer.json()).toMatchObject({
    id: silenceId,
    status: 'active',
    matchers: ['team="db"'],
    createdBy: 'amy',
  });
  expect(fake.silenced).toEqual([
    {
      request: { matchers: ['team="db"'], endsAt: inTwoHours, by: 'amy', comment: 'maintenance' },
      tenant: 'default',
    },
  ]);
});

test('matchers may come as amtool writes them', async () => {
  const fake = createFakeApp();
  const matchers = [
    { name: 'team', value: 'db' },
    { name: 'env', value: 'prod|stage', isRegex: true, isEqual: false },
  ];
  expect((await call(fake, { body: { ...body, matchers } })).statusCode).toBe(201);
  expect(fake.silenced[0]?.request).toMatchObject({ matchers: ['team="db"', 'env!~"prod|stage"'] });
});

test.each([
  ['no end', { for: undefined }, '/endsAt'],
  ['two ends', { endsAt: inTwoHours }, '/endsAt'],
  ['a span that is none', { for: 'two hours' }, '/for'],
])('%s is refused', async (_, changes, path) => {
  const answer = await call(createFakeApp(), { body: { ...body, ...changes } });
  expect(answer.statusCode).toBe(422);
  expect(answer.json()).toMatchObject({ code: 'invalid_command', path });
});

test('fields that nobody knows are refused', async () => {
  const answer = await call(createFakeApp(), { body: { ...body, until: 'x' } });
  expect(answer.statusCode).toBeGreaterThanOrEqual(400);
  expect(answer.statusCode).toBeLessThan(500);
});

test('silences are listed, read, edited and ended', async () => {
  const fake = createFakeApp();
  const url = `/v1/silences/${silenceId}`;
  expect((await call(fake, { method: 'GET' })).json()).toMatchObject({
    items: [{ id: silenceId }],
    next_cursor: null,
  });
  expect(
    (
      await call(fake, { method: 'GET', url: url.toUpperCase().replace('/V1/SILENCES', '/v1/silences') })
    ).json(),
  ).toMatchObject({ id: silenceId });
  expect((await call(fake, { method: 'PUT', url, body })).statusCode).toBe(200);
  expect((await call(fake, { method: 'DELETE', url: `${url}?by=bo` })).statusCode).toBe(200);
  expect(fake.silenced).toMatchObject([{ id: silenceId }, { id: silenceId, request: { by: 'bo' } }]);
});

test('a silence that is not there, or another tenant’s, is 404', async () => {
  const fake = createFakeApp();
  for (const id of ['x', '%20', incidentLike]) {
    expect((await call(fake, { method: 'GET', url: `/v1/silences/${id}` })).json()).toMatchObject({
      code: 'silence_not_found',
    });
  }
  const foreign = await call(fake, { method: 'GET', url: `/v1/silences/${silenceId}`, as: otherToken });
  expect(foreign.statusCode).toBe(404);
  expect((await call(fake, { method: 'GET', as: otherToken })).json()).toMatchObject({ items: [] });
});

const incidentLike = '6f1d3c1e-0c7b-5c0e-9a55-d1a7b8e2f407';

test('nobody without a token sees or makes silences', async () => {
  const fake = createFakeApp();
  expect((await fake.app.inject({ method: 'GET', url: '/v1/silences' })).statusCode).toBe(401);
  expect((await call(fake, { body, as: 'tok_nobody_0123456789abcdef' })).statusCode).toBe(401);
  expect(fake.silenced).toEqual([]);
});
