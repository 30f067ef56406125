import { expect, it } from 'vitest';
import { createFakeApp, sourceKey } from '../fake-app.ts';

const never = () => new Promise<never>(() => {});
const url = `/v1/sources/${sourceKey}`;

it('says that the outcome is not known when a handler does not answer', async () => {
  const { app } = createFakeApp({ receiver: { receive: never }, timeouts: { handlerTimeoutMs: 20 } });
  const response = await app.inject({ method: 'POST', url, payload: {} });
  expect([response.statusCode, response.json().code]).toEqual([503, 'unknown_outcome']);
  expect(response.headers['retry-after']).toBe('1');
});

it('survives a handler that answers too late', async () => {
  const gate = Promise.withResolvers<{ status: number; body: object }>();
  const { app, lines } = createFakeApp({
    receiver: { receive: () => gate.promise },
    timeouts: { handlerTimeoutMs: 20 },
  });
  expect((await app.inject({ method: 'POST', url, payload: {} })).statusCode).toBe(503);
  gate.resolve({ status: 202, body: {} });
  expect((await app.inject({ method: 'GET', url: '/healthz' })).statusCode).toBe(200);
  expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
});
