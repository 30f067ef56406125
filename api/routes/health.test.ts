import { expect, it } from 'vitest';
import { createFakeApp } from '../fake-app.ts';

it('is alive as long as it answers', async () => {
  const { app } = createFakeApp();
  const response = await app.inject({ method: 'GET', url: '/healthz' });
  expect([response.statusCode, response.json()]).toEqual([200, { alive: true }]);
});

it.each([
  [true, 200],
  [false, 503],
])('says that it is ready: %s', async (ready, status) => {
  const report = { ready, degraded: ['redis'], parts: { postgres: 'ok', redis: 'down' } } as const;
  const { app } = createFakeApp({ readiness: { check: async () => report } });
  const response = await app.inject({ method: 'GET', url: '/readyz' });
  expect([response.statusCode, response.json()]).toEqual([status, report]);
});

it('answers HEAD like GET, without a body', async () => {
  const { app } = createFakeApp();
  const response = await app.inject({ method: 'HEAD', url: '/readyz' });
  expect([response.statusCode, response.body]).toEqual([200, '']);
});
