import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runDelivery } from './delivery.ts';
import { readDeliveryOptions } from './delivery-options.ts';
import { runTestPage } from './test-page.ts';
import { readTestPageOptions } from './test-page-options.ts';

const key = 'a3f5c9d1'.repeat(8);
const env = { TOCSIN_TOKEN: 'token-of-sixteen-or-more', USER: 'amy' };
const printed: string[] = [];

beforeEach(() => {
  printed.length = 0;
  vi.spyOn(console, 'log').mockImplementation((line) => void printed.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
});

interface Asked {
  readonly path: string;
  readonly token: string | undefined;
  readonly body?: unknown;
}

/** A server that gives these answers, one after the other. */
async function aServer(answers: readonly { readonly status?: number; readonly body: object }[]) {
  const asked: Asked[] = [];
  const left = [...answers];
  const server = createServer(async (request, response) => {
    const sent = await text(request);
    const { url: path = '', headers } = request;
    const body = sent === '' ? {} : { body: JSON.parse(sent) as unknown };
    asked.push({ path, token: headers.authorization, ...body });
    const { status = 200, body: answer } = left.shift() ?? { status: 500, body: {} };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => void server.close(() => resolve()));
  return { asked, url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: close };
}

const letter = {
  key,
  incidentId: 'i1',
  kind: 'page',
  target: 'channel:ops',
  state: 'dead',
  attempts: 5,
  requestedAt: '2026-01-05T09:00:00.000Z',
  reason: 'busy\u001b[2J',
};

const delivery = (url: string, ...args: string[]) =>
  runDelivery(readDeliveryOptions([...args, '--server', url], env), env);

describe('delivery', () => {
  test('list prints every page, a line each, and nothing that moves a cursor', async () => {
    await using server = await aServer([
      { body: { items: [letter], next_cursor: 'more' } },
      { body: { items: [letter], next_cursor: null } },
    ]);
    expect(await delivery(server.url, 'list', '--state', 'dead', '--channel', 'user:amy/phone')).toBe(0);
    const line = `${key}  dead  page  channel:ops  5 attempts  2026-01-05T09:00:00.000Z  busy\ufffd[2J`;
    expect(printed).toEqual([line, line]);
    const query = 'state=dead&channel=user%3Aamy%2Fphone&limit=200';
    expect(server.asked).toEqual([
      { path: `/v1/deliveries?${query}`, token: `Bearer ${env.TOCSIN_TOKEN}` },
      { path: `/v1/deliveries?${query}&cursor=more`, token: `Bearer ${env.TOCSIN_TOKEN}` },
    ]);
  });

  test('show prints the attempts', async () => {
    const tries = [
      {
        at: '2026-01-05T09:00:01.000Z',
        attempt: 1,
        outcome: 'retry',
        status: 503,
        reason: 'busy',
        durationMs: 12.4,
      },
    ];
    await using server = await aServer([{ body: { ...letter, tries } }]);
    expect(await delivery(server.url, 'show', key)).toBe(0);
    expect(printed.join('\n')).toContain('attempt 1: retry, 503, 12 ms, busy');
  });

  test('redeliver sends keys in pieces, or all letters of a channel page by page', async () => {
    const keys = Array.from({ length: 201 }, (_, n) => n.toString(16).padStart(64, '0'));
    await using server = await aServer([
      { status: 202, body: { redelivered: 200, next_cursor: null } },
      { status: 202, body: { redelivered: 1, next_cursor: null } },
      { status: 202, body: { redelivered: 200, next_cursor: key } },
      { status: 202, body: { redelivered: 3, next_cursor: null } },
    ]);
    await delivery(server.url, 'redeliver', ...keys);
    await delivery(server.url, 'redeliver', '--channel', 'ops', '--by', 'bo');
    expect(printed).toEqual(['201 dead letters are sent again', '203 dead letters are sent again']);
    expect(server.asked.map(({ body }) => body)).toEqual([
      { by: 'amy', keys: keys.slice(0, 200) },
      { by: 'amy', keys: keys.slice(200) },
      { by: 'bo', channel: 'ops' },
      { by: 'bo', channel: 'ops', cursor: key },
    ]);
  });

  test('discard tells who and why, and the reason of a refusal is told back', async () => {
    const refusal = { code: 'delivery_not_dead', title: 'the delivery is no dead letter' };
    await using server = await aServer([{ body: letter }, { status: 409, body: refusal }]);
    const args = ['discard', key, '--reason', 'bo was called'];
    expect(await delivery(server.url, ...args)).toBe(0);
    expect(server.asked[0]).toMatchObject({
      path: `/v1/deliveries/${key}/discard`,
      body: { by: 'amy', reason: 'bo was called' },
    });
    await expect(delivery(server.url, ...args)).rejects.toThrow('409: the delivery is no dead letter');
  });

  test.each([
    [[], 'delivery knows 4 things'],
    [['lose'], 'delivery knows 4 things'],
    [['show'], 'needs one key'],
    [['show', key, key], 'needs one key'],
    [['redeliver'], 'say what to send again'],
    [['redeliver', key, '--channel', 'ops'], 'say what to send again'],
    [['redeliver', '--channel', 'ops', '--state', 'dead'], 'leave out --state'],
    [['discard', key], 'needs a --reason'],
    [['list', '-o', 'yaml'], '-o must be text or json'],
    [['list', '--server', 'tocsin'], '--server must be a URL'],
    [['list', '--everything'], '--everything'],
  ])('%j is told what is wrong', (args, reason) => {
    expect(() => readDeliveryOptions(args, env)).toThrow(reason);
  });
});

describe('a test page', () => {
  const delivered = { channel: 'user:amy/phone', provider: 'twilio_sms', outcome: 'delivered', ms: 41.6 };
  const rejected = {
    channel: 'user:amy/mail',
    provider: 'email',
    outcome: 'rejected',
    reason: 'no mailbox',
    ms: 9,
  };
  const send = (what: 'channel' | 'user', url: string, ...args: string[]) =>
    runTestPage(readTestPageOptions(what, ['test', ...args, '--server', url], env), env);

  test('tells of each contact what came of it, and fails when one did not take it', async () => {
    await using server = await aServer([{ status: 202, body: { items: [delivered, rejected] } }]);
    expect(await send('user', server.url, 'amy', '--urgency', 'low')).toBe(1);
    expect(printed).toEqual([
      'user:amy/phone (twilio_sms)  delivered (42 ms)',
      'user:amy/mail (email)  rejected: no mailbox (9 ms)',
    ]);
    expect(server.asked).toMatchObject([{ path: '/v1/users/amy/test', body: { by: 'amy', urgency: 'low' } }]);
  });

  test('of a channel or a contact by its name is one line, or JSON', async () => {
    const body = { items: [delivered] };
    await using server = await aServer([
      { status: 202, body },
      { status: 202, body },
    ]);
    expect(await send('channel', server.url, 'user:amy/phone')).toBe(0);
    expect(await send('channel', server.url, 'user:amy/phone', '-o', 'json')).toBe(0);
    expect(server.asked[0]?.path).toBe('/v1/channels/user%3Aamy%2Fphone/test');
    expect(JSON.parse(printed[1] ?? '')).toEqual(body);
  });

  test('to somebody without contacts reaches nobody, and says so', async () => {
    await using server = await aServer([{ status: 202, body: { items: [] } }]);
    expect(await send('user', server.url, 'amy')).toBe(1);
    expect(printed).toEqual(['amy has no contacts']);
  });

  test.each([
    ['channel', ['ops'], 'channel test NAME'],
    ['channel', ['test'], 'channel test NAME'],
    ['channel', ['test', 'ops', '--urgency', 'low'], '--urgency is for user test'],
    ['user', ['test', 'amy', '--urgency', 'medium'], 'must be high or low'],
  ] as const)('%s %j is told what is wrong', (what, args, reason) => {
    expect(() => readTestPageOptions(what, args, env)).toThrow(reason);
  });
});
