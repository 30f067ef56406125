import { describe, expect, it, vi } from 'vitest';
import { TocsinError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import { createFakeApp, sourceKey } from '../fake-app.ts';

const url = `/v1/sources/${sourceKey}`;
const json = { 'content-type': 'application/json' };

it('hands on the bytes as they came, and needs no token', async () => {
  const { app, received } = createFakeApp();
  const payload = Buffer.from([0x7b, 0xff, 0x00, 0x7d]);
  const response = await app.inject({ method: 'POST', url, headers: json, payload });
  expect(response.statusCode).toBe(202);
  expect(response.json()).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
  expect(received[0]?.rawBody.equals(payload)).toBe(true);
  expect(received[0]).toMatchObject({ door: 'source', key: sourceKey });
  expect(received[0]?.header('content-type')).toBe('application/json');
  expect(received[0]?.header('constructor')).toBeUndefined();
});

it('hands on any body as bytes, even none at all', async () => {
  const { app, received } = createFakeApp();
  await app.inject({ method: 'POST', url });
  await app.inject({ method: 'POST', url, headers: { 'content-type': 'text/plain' }, payload: 'hello' });
  expect(received.map(({ rawBody }) => rawBody.toString())).toEqual(['', 'hello']);
});

it('refuses an unknown key without repeating it', async () => {
  const { app, lines } = createFakeApp();
  const response = await app.inject({
    method: 'POST',
    url: '/v1/sources/key_secret_canary',
    payload: '{}',
    headers: json,
  });
  expect([response.statusCode, response.json().code]).toEqual([401, 'unknown_source']);
  expect(response.body + JSON.stringify(response.headers) + JSON.stringify(lines)).not.toContain('canary');
});

it('never writes a key to the log, whatever becomes of the request', async () => {
  const receive = async () => {
    throw new Error('broken');
  };
  const { app, lines, metrics } = createFakeApp({ receiver: { receive } });
  await app.inject({ method: 'POST', url, payload: '{}', headers: json });
  await app.inject({ method: 'GET', url });
  await app.inject({ method: 'POST', url: `/v1/source/${sourceKey}` });
  await app.inject({ method: 'POST', url: `/v1/sources/${sourceKey}/%zz` });
  expect(lines.map(({ level }) => level)).toEqual(['error', 'info', 'info', 'info']);
  expect(JSON.stringify(lines) + (await metrics.registry.metrics())).not.toContain(sourceKey);
});

it.each([
  ['GET', 'OPTIONS, POST'],
  ['PUT', 'OPTIONS, POST'],
  ['DELETE', 'OPTIONS, POST'],
  ['PATCH', 'OPTIONS, POST'],
  // only some senders have a handshake
  ['OPTIONS', 'POST'],
] as const)('answers 405 to %s', async (method, allow) => {
  const { app } = createFakeApp();
  const response = await app.inject({ method, url });
  expect([response.statusCode, response.json().code]).toEqual([405, 'method_not_allowed']);
  expect(response.headers.allow).toBe(allow);
});

it('answers the handshake of a sender that has one', async () => {
  const headers = { 'webhook-allowed-origin': 'events.example.org' };
  const handshake = vi.fn(() => ({ status: 200, headers }));
  const { app } = createFakeApp({ receiver: { handshake } });
  const response = await app.inject({ method: 'OPTIONS', url });
  expect(handshake).toHaveBeenCalledWith({ door: 'source', key: sourceKey }, expect.any(Function));
  expect([response.statusCode, response.body]).toEqual([200, '']);
  expect(response.headers).toMatchObject({ ...headers, allow: 'POST' });
});

describe('the key', () => {
  const basic = (password: string) => `Basic ${Buffer.from(`any:${password}`).toString('base64')}`;

  it.each([
    ['in the address', `${url}/api/v2/alerts`, undefined],
    ['as a bearer token', '/api/v2/alerts', `Bearer ${sourceKey}`],
    ['as a password', '/api/v2/alerts', basic(sourceKey)],
  ])("of Alertmanager's clients stands %s", async (_, address, authorization) => {
    const { app, received } = createFakeApp();
    const headers = { ...json, ...(authorization !== undefined && { authorization }) };
    const response = await app.inject({ method: 'POST', url: address, headers, payload: '[]' });
    expect(response.statusCode).toBe(202);
    expect(received[0]).toMatchObject({ door: 'alertmanager-api', key: sourceKey });
    const status = await app.inject({ method: 'GET', url: address.replace('alerts', 'status'), headers });
    expect([status.statusCode, status.json()]).toEqual([200, { uptime: '2026-01-05T09:00:00.000Z' }]);
  });

  it.each([undefined, 'Bearer another-key-of-nobody', basic('another-key-of-nobody')])(
    'is asked for when it is %j',
    async (authorization) => {
      const { app } = createFakeApp();
      const headers = { ...json, ...(authorization !== undefined && { authorization }) };
      for (const [method, address] of [
        ['POST', 'alerts'],
        ['GET', 'status'],
      ] as const) {
        const response = await app.inject({ method, url: `/api/v2/${address}`, headers });
        expect([response.statusCode, response.json().code]).toEqual([401, 'unknown_source']);
        expect(response.headers['www-authenticate']).toBeDefined();
      }
    },
  );

  it.each([
    ['/v2/enqueue', 'pagerduty'],
    ['/v2/change/enqueue', 'pagerduty-change'],
  ])("of PagerDuty's clients is left in the body at %s", async (address, door) => {
    const { app, received } = createFakeApp();
    await app.inject({ method: 'POST', url: address, headers: json, payload: '{}' });
    expect(received[0]).toMatchObject({ door });
    expect(received[0]?.key).toBeUndefined();
  });
});

describe("a sender's own words", () => {
  const refuse = () => ({ status: 429, headers: { 'retry-after': '7' }, body: { status: 'later' } });
  const overloaded = async () => {
    throw new TocsinError('overloaded');
  };

  it('tell a refusal', async () => {
    const { app, lines } = createFakeApp({ receiver: { receive: overloaded, refuse } });
    const response = await app.inject({ method: 'POST', url, headers: json, payload: '{}' });
    expect([response.statusCode, response.json()]).toEqual([429, { status: 'later' }]);
    expect(response.headers['retry-after']).toBe('7');
    expect(lines).toMatchObject([{ fields: { status: 429, code: 'overloaded' } }]);
  });

  it('without a body are a status of the problem document', async () => {
    const receiver = { receive: overloaded, refuse: () => ({ status: 429 }) };
    const { app } = createFakeApp({ receiver });
    const response = await app.inject({ method: 'POST', url, headers: json, payload: '{}' });
    expect(response.statusCode).toBe(429);
    expect(response.json()).toMatchObject({ status: 429, code: 'overloaded' });
    expect(response.headers['retry-after']).toBe('1');
  });

  it('tell what went wrong before the sender was known', async () => {
    const seen = vi.fn(refuse);
    const { app } = createFakeApp({ receiver: { refuse: seen } });
    const payload = Buffer.alloc(limits.maxPagerdutyBodyBytes + 1, 0x20);
    const large = await app.inject({ method: 'POST', url: '/v2/enqueue', headers: json, payload });
    expect(large.json()).toEqual({ status: 'later' });
    expect(seen).toHaveBeenCalledWith({ door: 'pagerduty' }, expect.objectContaining({ code: 'too_large' }));
  });

  it('never learn what a bug says', async () => {
    const receive = async () => {
      throw new Error('password is hunter2');
    };
    const seen = vi.fn(refuse);
    const { app } = createFakeApp({ receiver: { receive, refuse: seen } });
    await app.inject({ method: 'POST', url, headers: json, payload: '{}' });
    expect(seen).toHaveBeenCalledWith(
      { door: 'source', key: sourceKey },
      expect.objectContaining({ code: 'internal', message: 'an internal error occurred' }),
    );
  });

  it('may be a text', async () => {
    const receive = async () => ({ status: 400, body: '/0/labels: is missing' });
    const { app, lines } = createFakeApp({ receiver: { receive } });
    const response = await app.inject({ method: 'POST', url, headers: json, payload: '{}' });
    expect([response.statusCode, response.json()]).toEqual([400, '/0/labels: is missing']);
    expect(lines).toMatchObject([{ fields: { status: 400, code: 'invalid_alert' } }]);
  });

  it('may be no body at all', async () => {
    const { app } = createFakeApp({ receiver: { receive: async () => ({ status: 200 }) } });
    const response = await app.inject({ method: 'POST', url, headers: json, payload: '{}' });
    expect([response.statusCode, response.body]).toEqual([200, '']);
  });
});

it('refuses a body over the limit and takes one just below it', async () => {
  const { app } = createFakeApp();
  const send = (bytes: number) =>
    app.inject({ method: 'POST', url, headers: json, payload: Buffer.alloc(bytes, 0x20) });
  expect((await send(limits.maxBodyBytes)).statusCode).toBe(202);
  const refused = await send(limits.maxBodyBytes + 1);
  expect([refused.statusCode, refused.json().code]).toEqual([413, 'too_large']);
});

it('refuses a compressed body', async () => {
  const { app } = createFakeApp();
  const headers = { ...json, 'content-encoding': 'gzip' };
  const response = await app.inject({ method: 'POST', url, headers, payload: 'x' });
  expect([response.statusCode, response.json().code]).toEqual([415, 'unsupported_media_type']);
});

it('lists what was refused when none of a batch was accepted', async () => {
  const rejected = [{ index: 0, path: '/alerts/0/labels', reason: 'labels are missing' }];
  const receive = async () => ({ status: 422, body: { accepted: 0, duplicates: 0, rejected } });
  const { app } = createFakeApp({ receiver: { receive } });
  const response = await app.inject({ method: 'POST', url, headers: json, payload: '{}' });
  expect(response.statusCode).toBe(422);
  expect(response.headers['content-type']).toContain('application/problem+json');
  expect(response.json()).toMatchObject({ code: 'invalid_alert', status: 422, rejected });
});

it.each([
  ['overloaded', 250, '1'],
  ['store_unavailable', 1_001, '2'],
  ['unknown_outcome', undefined, '1'],
] as const)('asks the sender to come back when it is %s', async (code, retryAfterMs, seconds) => {
  const receive = async () => {
    throw new TocsinError(code, { ...(retryAfterMs !== undefined && { retryAfterMs }) });
  };
  const { app } = createFakeApp({ receiver: { receive } });
  const response = await app.inject({ method: 'POST', url, headers: json, payload: '{}' });
  expect([response.statusCode, response.json().code]).toEqual([503, code]);
  expect(response.headers['retry-after']).toBe(seconds);
});
