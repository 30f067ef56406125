import { expect, it } from 'vitest';
import { authorized, createFakeApp } from '../fake-app.ts';

const url = '/v1/policies';
const get = (path: string) => createFakeApp().app.inject({ method: 'GET', url: path, headers: authorized });
const simulate = (name: string, payload: string, headers = {}) =>
  createFakeApp().app.inject({
    method: 'POST',
    url: `${url}/${name}/simulate`,
    headers: { ...authorized, 'content-type': 'application/json', ...headers },
    payload,
  });

it('lists the policies, and shows one', async () => {
  const policy = {
    name: 'default',
    configVersion: 3,
    repeat: 0,
    steps: [
      { step: 0, after: '0s', notify: [{ target: 'channel:ops', provider: 'webhook' }], wait: '1m' },
      {
        step: 1,
        after: '1m',
        notify: [{ target: 'channel:ops', provider: 'webhook' }],
        wait: '2m',
        if: ['severity: critical'],
      },
    ],
  };
  expect((await get(url)).json()).toEqual({ items: [policy], next_cursor: null });
  expect((await get(`${url}/default`)).json()).toEqual(policy);
});

it('says what a policy would do, and when', async () => {
  const response = await simulate('default', JSON.stringify({ at: '2026-01-05T10:00:00+01:00' }));
  expect(response.statusCode).toBe(200);
  const page = { what: 'page', people: [], notes: [] };
  const targets = [{ target: 'channel:ops', provider: 'webhook' }];
  expect(response.json()).toEqual({
    policy: 'default',
    configVersion: 3,
    openedAt: '2026-01-05T09:00:00.000Z',
    items: [
      { ...page, at: '2026-01-05T09:00:00.000Z', after: '0s', round: 0, step: 0, reason: 'opened', targets },
      {
        ...page,
        at: '2026-01-05T09:01:00.000Z',
        after: '1m',
        round: 0,
        step: 1,
        reason: 'not_acknowledged',
        targets,
      },
    ],
    exhaustedAt: '2026-01-05T09:03:00.000Z',
    truncated: false,
  });
});

it('asks conditions of the incident that it was told of', async () => {
  const response = await simulate(
    'default',
    JSON.stringify({ severity: 'info', until: '2026-01-05T09:01:30Z' }),
  );
  const { items, exhaustedAt } = response.json();
  expect(items.map(({ step, what, reason }: Record<string, unknown>) => [step, what, reason])).toEqual([
    [0, 'page', 'opened'],
    [1, 'skip', 'condition'],
  ]);
  expect(exhaustedAt).toBe('2026-01-05T09:01:00.000Z');
});

it.each([
  ['{"at": "today"}', '/at'],
  ['{"at": "2026-01-05T09:00:00Z", "until": "2026-01-05T08:00:00Z"}', '/until'],
  ['{"severity": "urgent"}', '/severity'],
  ['{"alerts": 0}', '/alerts'],
  ['{"labels": {"a": 1}}', '/labels/a'],
  ['{"policy": "x"}', '/policy'],
  ['[]', ''],
])('refuses %s and says where', async (payload, path) => {
  const response = await simulate('default', payload);
  const { code, path: found } = response.json();
  expect([response.statusCode, code, found]).toEqual([422, 'invalid_command', path]);
});

it('knows no policy that the configuration does not have', async () => {
  const unknown = [404, 'policy_not_found'];
  const shown = await get(`${url}/nobody`);
  expect([shown.statusCode, shown.json().code]).toEqual(unknown);
  const simulated = await simulate('__proto__', '{}');
  expect([simulated.statusCode, simulated.json().code]).toEqual(unknown);
});

it('wants a token', async () => {
  const response = await simulate('default', '{}', { authorization: 'Bearer nobody' });
  expect([response.statusCode, response.json().code]).toEqual([401, 'unauthorized']);
});
