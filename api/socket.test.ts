import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import { eventually } from '../test/support/eventually.ts';
import { createFakeApp, type FakeApp, type FakeOverrides, sourceKey } from './fake-app.ts';
import { canSharePort } from './http-listeners.ts';
import { listen } from './listen.ts';

const timeouts = {
  headersTimeoutMs: 200,
  requestTimeoutMs: 400,
  connectionCheckMs: 50,
  keepAliveTimeoutMs: 200,
  closeGraceMs: 300,
};
const head = `POST /v1/sources/${sourceKey} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;
const healthRequest = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';

const started: FakeApp[] = [];
afterEach(async () => {
  for (const { app } of started.splice(0)) await app.close();
});

async function start(overrides: FakeOverrides = {}) {
  const fake = createFakeApp({ timeouts, ...overrides });
  started.push(fake);
  const { port } = await listen(fake.app, { host: '127.0.0.1', port: 0 });
  return { ...fake, port };
}

/** A client that sends what it likes and keeps what comes back. */
function dial(port: number) {
  const socket: Socket = connect({ host: '127.0.0.1', port });
  const state = { text: '', isClosed: false };
  socket.setEncoding('utf8');
  socket.on('data', (chunk) => {
    state.text += chunk;
  });
  // a hang-up in the middle of our sending is one of the right answers
  socket.on('error', () => {});
  socket.on('close', () => {
    state.isClosed = true;
  });
  const closed = (withinMs = 3_000) => eventually(() => (state.isClosed ? state.text : undefined), withinMs);
  const answered = (text: string) =>
    eventually(() => (state.text.includes(text) ? state.text : undefined), 3_000);
  return { socket, state, closed, answered };
}

async function isServing(port: number): Promise<boolean> {
  return (await fetch(`http://127.0.0.1:${port}/healthz`)).ok;
}

it('hangs up on a client that takes too long over its headers', async () => {
  const { port } = await start();
  const client = dial(port);
  client.socket.write('POST / HTTP/1.1\r\nHost: x\r\n');
  const drip = setInterval(() => client.socket.write('X-Slow: 1\r\n'), 40);
  const text = await client.closed().finally(() => clearInterval(drip));
  expect(text).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  expect(text).toContain('"code":"request_timeout"');
});

it('hangs up on a client that takes too long over its body', async () => {
  const { port, received } = await start();
  const client = dial(port);
  client.socket.write(`${head}Content-Length: 1000\r\n\r\n{`);
  const drip = setInterval(() => client.socket.write(' '), 40);
  const text = await client.closed().finally(() => clearInterval(drip));
  expect(text).toMatch(/^HTTP\/1\.1 408 /);
  expect(received).toEqual([]);
  expect(await isServing(port)).toBe(true);
});

it('hangs up on an idle connection', async () => {
  const { port } = await start();
  const client = dial(port);
  client.socket.write(healthRequest);
  await client.answered('{"alive":true}');
  // Node keeps a connection for a second longer than it tells the client
  await client.closed();
});

it.each([`/v1/sources/${sourceKey}`, '/v1/nothing', '/v1/incidents'])(
  'stops reading a chunked body without an end sent to %s',
  async (path) => {
    const { port, received } = await start();
    const client = dial(port);
    client.socket.write(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`;
    const pump = setInterval(() => client.socket.write(chunk), 2);
    const text = await client.closed().finally(() => clearInterval(pump));
    expect(text === '' || /^HTTP\/1\.1 4\d\d /.test(text)).toBe(true);
    expect(received).toEqual([]);
    expect(await isServing(port)).toBe(true);
  },
);

it('takes a chunked body that is small and well formed', async () => {
  const { port, received } = await start();
  const client = dial(port);
  client.socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n`);
  await client.answered(' 202 ');
  expect(received.map(({ rawBody }) => rawBody.toString())).toEqual(['{}']);
});

it.each([
  [
    'a length and chunks',
    'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n',
  ],
  ['chunks and a length', 'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n'],
  ['two lengths', 'Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} '],
  ['a length that is no number', 'Content-Length: +2\r\n\r\n{}'],
  ['chunks that are not last', 'Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n'],
  ['a folded header', 'Transfer-Encoding:\r\n chunked\r\nContent-Length: 2\r\n\r\n{}'],
  ['a space before the colon', 'Content-Length : 2\r\n\r\n{}'],
  ['a chunk size that is no number', 'Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n'],
  ['a NUL in a header', 'X-Odd: a\0b\r\n\r\n'],
])('refuses a request with %s, so that nothing is smuggled behind it', async (_name, rest) => {
  const { port, received } = await start();
  const client = dial(port);
  client.socket.write(head + rest);
  const text = await client.closed();
  expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(text).toContain('"code":"invalid_request"');
  expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  expect(received).toEqual([]);
});

it('answers garbage behind a request and hangs up', async () => {
  const { port } = await start();
  const client = dial(port);
  client.socket.write(healthRequest);
  await client.answered('{"alive":true}');
  client.socket.write('\x16\x03\x01 this is not HTTP\r\n\r\n');
  expect(await client.closed()).toContain('HTTP/1.1 400 Bad Request');
  expect(await isServing(port)).toBe(true);
});

it('answers 431 to headers that are too large', async () => {
  const { port } = await start();
  const client = dial(port);
  client.socket.write(`GET /healthz HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`);
  expect(await client.closed()).toMatch(/^HTTP\/1\.1 431 [\s\S]*"code":"headers_too_large"/);
});

it('says goodbye on answers while it drains, and is not ready then', async () => {
  const { app, port } = await start({ timeouts: { ...timeouts, drainMs: 300 } });
  const closing = app.close();
  const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
  expect(ready.status).toBe(503);
  expect(ready.headers.get('connection')).toBe('close');
  expect(await ready.json()).toMatchObject({ ready: false, degraded: ['draining'] });
  const accepted = await fetch(`http://127.0.0.1:${port}/v1/sources/${sourceKey}`, {
    method: 'POST',
    body: '{}',
  });
  expect(accepted.status).toBe(202);
  await closing;
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow('fetch failed');
});

it('lets a request in flight finish before it closes', async () => {
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const receive = async () => {
    begun.resolve();
    await gate.promise;
    return { status: 202, body: { accepted: 1 } };
  };
  const { app, port } = await start({ receiver: { receive } });
  const answer = fetch(`http://127.0.0.1:${port}/v1/sources/x`, { method: 'POST', body: '{}' });
  await begun.promise;
  const closing = app.close();
  gate.resolve();
  expect((await answer).status).toBe(202);
  await closing;
});

it('cuts a request that does not finish within the grace', async () => {
  const begun = Promise.withResolvers<void>();
  const receive = () => {
    begun.resolve();
    return new Promise<never>(() => {});
  };
  const { app, port } = await start({ receiver: { receive } });
  const answer = fetch(`http://127.0.0.1:${port}/v1/sources/x`, { method: 'POST', body: '{}' });
  const failure = expect(answer).rejects.toThrow('fetch failed');
  await begun.promise;
  const closed = app.close().then(() => 'closed');
  expect(await Promise.race([closed, sleep(2_000, 'late', { ref: false })])).toBe('closed');
  await failure;
});

it('answers for a handler that never does', async () => {
  const receive = () => new Promise<never>(() => {});
  const { port } = await start({ receiver: { receive }, timeouts: { ...timeouts, handlerTimeoutMs: 100 } });
  const answer = await fetch(`http://127.0.0.1:${port}/v1/sources/x`, { method: 'POST', body: '{}' });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await answer.json()).toMatchObject({ code: 'unknown_outcome' });
});

/** Opens connections from a thread of its own while this one stands still. */
async function dialWhileBlocked(port: number, count: number): Promise<Worker> {
  const connected = new Int32Array(new SharedArrayBuffer(4));
  const client = new Worker(
    `const { workerData: { port, count, connected } } = require('node:worker_threads');
     const { connect } = require('node:net');
     for (let index = 0; index < count; index += 1)
       connect({ host: '127.0.0.1', port }, () => { Atomics.add(connected, 0, 1); Atomics.notify(connected, 0); });`,
    { eval: true, workerData: { port, count, connected } },
  );
  await once(client, 'online');
  const until = performance.now() + 10_000;
  while (connected[0] !== count && performance.now() < until)
    Atomics.wait(connected, 0, connected[0] ?? 0, 100);
  expect(connected[0]).toBe(count);
  return client;
}

it.runIf(canSharePort)(
  'lets many new connections in at once, however long a turn of its loop takes',
  async () => {
    const { app, port } = await start();
    let open = 0;
    for (const listener of [app.server, ...app.otherListeners]) {
      listener.on('connection', () => {
        open += 1;
      });
    }
    const client = await dialWhileBlocked(port, 64);
    let turns = 0;
    for (; open < 64 && turns < 200; turns += 1) await nextTurn();
    expect(open).toBe(64);
    expect(turns).toBeLessThan(32);
    await client.terminate();
  },
);

it('takes no more connections than it may have, at all of its sockets together', async () => {
  const { port } = await start({ timeouts: { ...timeouts, maxConnections: 5 } });
  const clients = Array.from({ length: 12 }, () => dial(port));
  for (const { socket } of clients) socket.write(healthRequest);
  const outcomes = await Promise.all(
    clients.map(({ state }) =>
      eventually(() => (state.text !== '' ? 'served' : state.isClosed ? 'turned away' : undefined), 3_000),
    ),
  );
  expect(outcomes.filter((it) => it === 'served')).toHaveLength(5);
  expect(outcomes.filter((it) => it === 'turned away')).toHaveLength(7);
});

it('finishes what came in by any of its sockets before it closes', async () => {
  const gate = Promise.withResolvers<void>();
  let begun = 0;
  const receive = async () => {
    begun += 1;
    await gate.promise;
    return { status: 202, body: { accepted: 1 } };
  };
  const { app, port } = await start({ receiver: { receive } });
  const post = { method: 'POST', body: '{}' };
  const answers = Array.from({ length: 40 }, () => fetch(`http://127.0.0.1:${port}/v1/sources/x`, post));
  await eventually(() => (begun === 40 ? true : undefined), 3_000);
  const closing = app.close();
  gate.resolve();
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(40).fill(202));
  await closing;
});
