import { expect, it } from 'vitest';
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
  expect(received[0]).toMatchObject({ key: sourceKey, contentType: 'application/json' });
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

it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'] as const)('answers 405 to %s', async (method) => {
  const { app } = createFakeApp();
  const response = await app.inject({ method, url });
  expect([response.statusCode, response.json().code]).toEqual([405, 'method_not_allowed']);
  expect(response.headers.allow).toBe('POST');
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
