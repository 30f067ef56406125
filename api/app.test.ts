import { expect, it } from 'vitest';
import { limits } from '../domain/limits.ts';
import { createFakeApp } from './fake-app.ts';

it('bounds what clients may do to the server', () => {
  const { server } = createFakeApp().app;
  expect(server.headersTimeout).toBe(limits.headersTimeoutMs);
  expect(server.requestTimeout).toBe(limits.requestTimeoutMs);
  expect(server.keepAliveTimeout).toBe(limits.keepAliveTimeoutMs);
  expect(server.maxConnections).toBe(limits.maxConnections);
});
