import { expect, it } from 'vitest';
import { createFakeApp, sourceKey } from '../fake-app.ts';
import { securityHeaders } from './security-headers.ts';

it.each([
  ['GET', '/healthz'],
  ['GET', '/nothing'],
  ['GET', '/v1/incidents'],
  ['GET', '/v1/incidents/%zz'],
  ['GET', `/v1/incidents/${'x'.repeat(2_000)}`],
  ['PUT', `/v1/sources/${sourceKey}`],
  ['POST', `/v1/sources/${sourceKey}`],
] as const)('stand on the answer to %s %s', async (method, url) => {
  const { app } = createFakeApp();
  const response = await app.inject({ method, url });
  expect(response.headers).toMatchObject(securityHeaders);
  expect(response.headers['x-powered-by']).toBeUndefined();
});
