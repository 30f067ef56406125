import { describe, expect, it } from 'vitest';
import { authorized, createFakeApp, incidentId, token } from '../fake-app.ts';
import { createTokenCheck } from './bearer-token.ts';

describe('the token check', () => {
  const tenantOf = createTokenCheck([
    { token: 'first-token-of-ours', tenant: 'default' },
    { token: 'other-token-of-ours', tenant: 'other' },
  ]);

  it('knows each token and its tenant, with the scheme in any case', () => {
    expect(tenantOf('Bearer first-token-of-ours')).toBe('default');
    expect(tenantOf('bEARER   other-token-of-ours')).toBe('other');
  });

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'first-token-of-ours',
    'Basic first-token-of-ours',
    'Bearer first-token-of-our',
    'Bearer first-token-of-ours ',
    'Bearer first-token-of-ours other-token-of-ours',
    'Bearer first-token-of-ours,Bearer other-token-of-ours',
    `Bearer ${'x'.repeat(10_000)}`,
  ])('refuses %j', (header) => {
    expect(tenantOf(header)).toBeUndefined();
  });

  it('refuses everything when there is no token', () => {
    expect(createTokenCheck([])('Bearer undefined')).toBeUndefined();
  });
});

const guarded = [
  ['GET', '/v1/incidents'],
  ['HEAD', '/v1/incidents'],
  ['GET', `/v1/incidents/${incidentId}`],
  ['GET', `/v1/incidents/${incidentId}/timeline`],
  ['GET', '/v1/alerts'],
  ['GET', '/openapi.json'],
  ['POST', `/v1/incidents/${incidentId}/acknowledge`],
  ['PUT', `/v1/incidents/${incidentId}/acknowledge`],
] as const;

it.each(guarded)('wants a token for %s %s', async (method, url) => {
  const { app, lines } = createFakeApp();
  const headers = { authorization: `Bearer ${token}x`, 'content-type': 'application/json' };
  const response = await app.inject({
    method,
    url,
    headers,
    ...(method === 'POST' && { payload: 'not even json' }),
  });
  expect(response.statusCode).toBe(401);
  expect(response.headers['www-authenticate']).toBe('Bearer realm="tocsin"');
  if (method !== 'HEAD') expect(response.json().code).toBe('unauthorized');
  expect(JSON.stringify(lines)).not.toContain(token);
});

it.each(['/healthz', '/readyz', '/metrics'])('wants no token for %s', async (url) => {
  const { app } = createFakeApp();
  expect((await app.inject({ method: 'GET', url })).statusCode).toBe(200);
});

it('tells a path that does not exist as such, with and without a token', async () => {
  const { app } = createFakeApp();
  for (const headers of [{}, authorized]) {
    const response = await app.inject({ method: 'POST', url: '/v1/nothing', headers, payload: '{"a":' });
    expect([response.statusCode, response.json().code]).toEqual([404, 'not_found']);
  }
});
