import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { createFakeApp } from './fake-app.ts';
import { listen } from './listen.ts';

it('answers the port that the system chose, and serves there', async () => {
  const { app } = createFakeApp();
  const { port } = await listen(app, { host: 'localhost', port: 0 });
  const response = await fetch(`http://127.0.0.1:${port}/healthz`);
  expect(await response.json()).toEqual({ alive: true });
  expect(app.addresses()).toHaveLength(1);
  await app.close();
});

it('says clearly that a port is taken', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  const { app } = createFakeApp();
  await expect(listen(app, { host: '127.0.0.1', port })).rejects.toMatchObject({
    code: 'invalid_config',
    detail: `cannot listen: 127.0.0.1:${port} is taken by another process; set listen or TOCSIN_LISTEN`,
  });
  await app.close();
  other.close();
});

it('says clearly that another server of ours has the port', async () => {
  const first = createFakeApp().app;
  const { port } = await listen(first, { host: '127.0.0.1', port: 0 });
  const second = createFakeApp().app;
  await expect(listen(second, { host: '127.0.0.1', port })).rejects.toMatchObject({
    detail: expect.stringContaining('is taken by another process'),
  });
  await second.close();
  await first.close();
});

it('says clearly that an address is not ours', async () => {
  const { app } = createFakeApp();
  await expect(listen(app, { host: '192.0.2.1', port: 0 })).rejects.toMatchObject({
    code: 'invalid_config',
    path: '/listen',
  });
  await app.close();
});
