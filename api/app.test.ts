import { expect, it } from 'vitest';
import { limits } from '../domain/limits.ts';
import { createFakeApp } from './fake-app.ts';

it('bounds what clients may do to the server', () => {
  const { server, otherListeners } = createFakeApp().app;
  for (const listener of [server, ...otherListeners]) {
    expect(listener.headersTimeout).toBe(limits.headersTimeoutMs);
    expect(listener.requestTimeout).toBe(limits.requestTimeoutMs);
    expect(listener.keepAliveTimeout).toBe(limits.keepAliveTimeoutMs);
  }
});
