import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../test/support/eventually.ts';
import { createFakeHttp } from '../../test/support/fake-http.ts';
import { informational, silence, slowBody, slowHead } from '../../test/support/wire-answers.ts';
import { createGuardedHttpClient, type GuardedHttpClient } from './guarded-http-client.ts';
import type { ResolveHost } from './resolve-host.ts';

const loopback = ['127.0.0.0/8'];
const cleanups: (() => Promise<unknown> | undefined)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface ClientOverrides {
  readonly allowPrivate?: readonly string[];
  readonly resolve?: ResolveHost;
  readonly timeoutMs?: number;
  readonly connectTimeoutMs?: number;
  readonly firstByteTimeoutMs?: number;
}

function createClient(overrides: ClientOverrides = {}): GuardedHttpClient {
  const client = createGuardedHttpClient({ allowPrivate: loopback, timeoutMs: 2_000, ...overrides });
  cleanups.push(async () => client.close());
  return client;
}

async function serve() {
  const server = await createFakeHttp({ answer: () => ({ status: 200, body: 'hello' }) });
  cleanups.push(server.close);
  return server;
}

function post(client: GuardedHttpClient, url: string, signal = new AbortController().signal) {
  return client.post({ url, headers: {}, body: '{"a":1}', signal });
}

const resolveTo =
  (...addresses: string[]): ResolveHost =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

describe('guarded http client', () => {
  it('posts and hands back status, headers and body', async () => {
    const server = await serve();
    const result = await post(createClient(), `${server.url}/path?q=1`);
    expect(result).toMatchObject({ kind: 'response', status: 200, body: 'hello', complete: true });
    expect(server.requests[0]).toMatchObject({ method: 'POST', path: '/path?q=1', body: '{"a":1}' });
    expect(server.requests[0]?.headers).toMatchObject({
      'accept-encoding': 'identity',
      'content-length': '7',
      'user-agent': 'tocsin',
    });
  });

  it('keeps the connection for the next request', async () => {
    const server = await serve();
    const client = createClient();
    await post(client, server.url);
    await post(client, server.url);
    expect(server.requests).toHaveLength(2);
    expect(server.openConnections()).toBe(1);
  });

  it.each([
    'http://127.0.0.1',
    'https://127.0.0.1',
    'https://127.1',
    'https://0x7f.1',
    'https://0177.0.0.1',
    'https://2130706433',
    'https://127.0.0.1.',
    'https://①②⑦.0.0.1',
    'https://[::1]',
    'https://[::]',
    'https://[::ffff:127.0.0.1]',
    'https://[0:0:0:0:0:ffff:7f00:1]',
    'https://[64:ff9b::7f00:1]',
    'https://[2002:7f00:1::]',
    'https://169.254.169.254/latest/meta-data',
    'https://localhost',
    'https://10.0.0.1',
    'https://[fd00::1]',
  ])('sends nothing to %s', async (url) => {
    const server = await serve();
    const target = new URL(url);
    target.port = new URL(server.url).port;
    const result = await post(createClient({ allowPrivate: [] }), target.href);
    expect(result).toMatchObject({
      kind: 'not_sent',
      permanent: true,
      reason: expect.stringContaining('not public'),
    });
    expect(server.openConnections()).toBe(0);
  });

  it.each([
    ['https://user:secret@example.org/', 'credentials'],
    ['https://user@example.org/', 'credentials'],
    ['ftp://example.org/', 'not http or https'],
    ['file:///etc/passwd', 'not http or https'],
    ['unix:/var/run/docker.sock', 'not http or https'],
    ['nonsense', 'malformed'],
    ['https://', 'malformed'],
  ])('refuses %s', async (url, reason) => {
    const result = await post(createClient(), url);
    expect(result).toMatchObject({
      kind: 'not_sent',
      permanent: true,
      reason: expect.stringContaining(reason),
    });
    expect(JSON.stringify(result)).not.toContain('secret');
  });

  it('refuses http to a public address', async () => {
    const result = await post(createClient({ resolve: resolveTo('1.1.1.1') }), 'http://hooks.example/');
    expect(result).toMatchObject({
      kind: 'not_sent',
      permanent: true,
      reason: expect.stringContaining('http is'),
    });
  });

  it.each([
    ['a private address', ['10.0.0.1']],
    ['a public and a private address', ['1.1.1.1', '127.0.0.1']],
    ['a mapped address', ['::ffff:10.0.0.1']],
    ['no address that can be read', ['example.org']],
  ])('refuses a name that resolves to %s', async (_name, addresses) => {
    const client = createClient({ allowPrivate: [], resolve: resolveTo(...addresses) });
    const result = await post(client, 'https://hooks.example/');
    expect(result).toMatchObject({ kind: 'not_sent', permanent: true });
  });

  it('connects to the vetted address, and asks nobody for the name again', async () => {
    const server = await serve();
    let lookups = 0;
    const resolve: ResolveHost = async () => {
      lookups += 1;
      return lookups === 1 ? [{ address: '127.0.0.1', family: 4 }] : [{ address: '10.0.0.1', family: 4 }];
    };
    const url = `http://rebinding.example:${new URL(server.url).port}/`;
    expect(await post(createClient({ resolve }), url)).toMatchObject({ kind: 'response', status: 200 });
    expect(lookups).toBe(1);
    expect(server.requests[0]?.headers.host).toBe(new URL(url).host);
  });

  it('tries again later when a name cannot be resolved', async () => {
    const resolve = () => Promise.reject(Object.assign(new Error('secret.example'), { code: 'ENOTFOUND' }));
    const result = await post(createClient({ resolve }), 'https://secret.example/');
    expect(result).toEqual({
      kind: 'not_sent',
      permanent: false,
      reason: 'the name could not be resolved (ENOTFOUND)',
    });
  });

  it('does not wait longer than its limit for a name, and asks once for all who wait', async () => {
    let lookups = 0;
    const resolve: ResolveHost = () => {
      lookups += 1;
      return new Promise(() => undefined);
    };
    const client = createClient({ resolve, timeoutMs: 30 });
    const results = await Promise.all([1, 2, 3].map(() => post(client, 'https://hooks.example/')));
    expect(results).toEqual(
      Array(3).fill({ kind: 'not_sent', permanent: false, reason: 'timed out after 30 ms' }),
    );
    expect(lookups).toBe(1);
  });

  it('has sent nothing when no connection comes about in time', async () => {
    const client = createClient({ resolve: () => new Promise(() => undefined), connectTimeoutMs: 30 });
    const result = await post(client, 'https://hooks.example/');
    expect(result).toEqual({ kind: 'not_sent', permanent: false, reason: 'no connection after 30 ms' });
  });

  it('does not know the outcome when no answer begins in time', async () => {
    const server = await createFakeHttp({ answer: () => slowHead() });
    cleanups.push(server.close);
    const result = await post(createClient({ firstByteTimeoutMs: 50 }), server.url);
    expect(result).toEqual({ kind: 'unknown', reason: 'no answer after 50 ms' });
  });

  it('lets a body take longer than its beginning may', async () => {
    const server = await createFakeHttp({ answer: () => slowBody(200, 5) });
    cleanups.push(server.close);
    const client = createClient({ connectTimeoutMs: 50, firstByteTimeoutMs: 50, timeoutMs: 300 });
    const result = await post(client, server.url);
    expect(result).toMatchObject({ kind: 'response', status: 200, complete: false });
    expect(result.kind === 'response' && result.body.length).toBeGreaterThan(20);
  });

  it('says when it was the deadline of its caller that passed', async () => {
    const server = await createFakeHttp({ answer: () => silence() });
    cleanups.push(server.close);
    const result = await post(createClient(), server.url, AbortSignal.timeout(50));
    expect(result).toEqual({ kind: 'unknown', reason: 'the deadline passed' });
  });

  it('asks by other methods', async () => {
    const server = await serve();
    const client = createClient();
    const { signal } = new AbortController();
    await client.post({ url: server.url, method: 'GET', headers: {}, body: '', signal });
    await client.post({ url: server.url, method: 'PATCH', headers: {}, body: '{}', signal });
    expect(server.requests.map(({ method, body }) => [method, body])).toEqual([
      ['GET', ''],
      ['PATCH', '{}'],
    ]);
  });

  it('reads more of a body where the request asks for more', async () => {
    const server = await createFakeHttp({ answer: () => ({ status: 200, body: 'x'.repeat(100_000) }) });
    cleanups.push(server.close);
    const signal = new AbortController().signal;
    const request = { url: server.url, headers: {}, body: '', signal };
    const client = createClient();
    const enough = await client.post({ ...request, maxResponseBytes: 100_000 });
    expect(enough).toMatchObject({ complete: true, body: 'x'.repeat(100_000) });
    const short = await client.post({ ...request, maxResponseBytes: 99_999 });
    expect(short).toMatchObject({ complete: false, body: 'x'.repeat(99_999) });
  });

  it('cuts a body at 64 KiB', async () => {
    const server = await createFakeHttp({ answer: () => ({ status: 200, body: 'x'.repeat(70_000) }) });
    cleanups.push(server.close);
    const result = await post(createClient(), server.url);
    expect(result).toMatchObject({ kind: 'response', complete: false, body: 'x'.repeat(65_536) });
  });

  it('gives up on a flood of informational answers', async () => {
    const server = await createFakeHttp({
      answer: () => (socket) => {
        for (let count = 0; count < 20; count += 1) {
          const one = informational(103);
          if (typeof one === 'function') one(socket);
        }
      },
    });
    cleanups.push(server.close);
    expect(await post(createClient(), server.url)).toMatchObject({ kind: 'unknown' });
  });

  it('refuses requests after it was closed, and breaks off those under way', async () => {
    const server = await createFakeHttp({ answer: () => () => undefined });
    cleanups.push(server.close);
    const client = createClient();
    const waiting = post(client, server.url);
    await eventually(() => server.requests[0]);
    client.close();
    expect(await waiting).toEqual({ kind: 'unknown', reason: 'cancelled' });
    expect(await post(client, server.url)).toMatchObject({ kind: 'not_sent' });
    await eventually(() => (server.openConnections() === 0 ? true : undefined));
  });

  it('leaves nothing on a signal that outlives many requests', async () => {
    const server = await serve();
    const client = createClient();
    const { signal } = new AbortController();
    let listeners = 0;
    const counting = new Proxy(signal, {
      get(target, name) {
        if (name === 'addEventListener') listeners += 1;
        if (name === 'removeEventListener') listeners -= 1;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    for (let count = 0; count < 20; count += 1) await post(client, server.url, counting);
    expect(listeners).toBe(0);
  });
});
