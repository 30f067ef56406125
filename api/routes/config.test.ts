import { expect, test } from 'vitest';
import { createTempConfig, openTestHolder } from '../../config/testing/temp-config.ts';
import { TocsinError } from '../../domain/errors.ts';
import { authorized, createFakeApp } from '../fake-app.ts';

async function openApp(file: { path: string }, overrides: Parameters<typeof openTestHolder>[1] = {}) {
  const { holder } = await openTestHolder(file, overrides);
  const { app } = createFakeApp({ config: holder });
  return {
    holder,
    get: () => app.inject({ method: 'GET', url: '/v1/config', headers: authorized }),
    reload: () => app.inject({ method: 'POST', url: '/v1/config/reload', headers: authorized }),
  };
}

test('shows what is in force, and nothing that is configured', async () => {
  await using file = await createTempConfig();
  const { holder, get } = await openApp(file);
  const response = await get();
  expect(response.statusCode).toBe(200);
  expect(response.json()).toEqual({
    version: 1,
    hash: holder.current().hash,
    loadedAt: '2026-01-05T09:00:00.000Z',
    lastProblem: null,
  });
});

test('reloads on request and says what has changed', async () => {
  await using file = await createTempConfig();
  const { holder, reload } = await openApp(file);
  const { hash } = holder.current();
  expect((await reload()).json()).toEqual({ version: 1, hash, changed: false, warnings: [] });
  await file.writeKey('another-key-0123456789');
  expect((await reload()).json()).toEqual({ version: 1, hash, changed: true, warnings: [] });
});

test('answers 422 with every problem, its line and its reason, and changes nothing', async () => {
  await using file = await createTempConfig();
  const { holder, get, reload } = await openApp(file);
  const before = holder.current();
  await file.write('version: 1\nroutes: [{ policy: nobody }]\nsources: "hunter2-hunter2-hunter2"\n');
  const response = await reload();
  expect(response.statusCode).toBe(422);
  expect(response.headers['content-type']).toContain('application/problem+json');
  const { code, problems } = response.json();
  expect(code).toBe('invalid_config');
  expect(problems).toContainEqual({
    file: file.path,
    line: 2,
    column: 20,
    path: 'routes[0].policy',
    reason: 'there is no policy of this name',
  });
  expect(problems).toHaveLength(4);
  expect((await get()).json()).toMatchObject({ version: 1, lastProblem: { problems } });
  expect(response.body).not.toContain('hunter2');
  expect(holder.current()).toBe(before);
});

test('answers 503 while the version cannot be registered', async () => {
  await using file = await createTempConfig();
  let calls = 0;
  const { reload } = await openApp(file, {
    async register() {
      calls += 1;
      if (calls > 1) throw new TocsinError('store_unavailable');
      return 1;
    },
  });
  await file.writeKey('another-key-0123456789');
  const response = await reload();
  expect(response.statusCode).toBe(503);
  expect(response.headers['retry-after']).toBe('1');
  expect(response.json()).toMatchObject({ code: 'store_unavailable' });
});

test.each([
  ['GET', '/v1/config'],
  ['POST', '/v1/config/reload'],
] as const)('%s %s wants a token', async (method, url) => {
  let reloads = 0;
  const { app } = createFakeApp({
    config: {
      status: () => ({ version: 1, hash: '', loadedAtMs: 0, lastProblem: undefined }),
      reload: async () => {
        reloads += 1;
        return { ok: false, problems: [] };
      },
    },
  });
  expect((await app.inject({ method, url })).statusCode).toBe(401);
  expect(reloads).toBe(0);
});
