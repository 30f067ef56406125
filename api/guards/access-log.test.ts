import { expect, it } from 'vitest';
import { authorized, createFakeApp, incidentId } from '../fake-app.ts';

it('writes one line for a command, with trace and request id, and none at info for a query', async () => {
  const { app, lines } = createFakeApp();
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const headers = { ...authorized, traceparent, 'x-request-id': 'r-1' };
  const url = `/v1/incidents/${incidentId}/acknowledge`;
  await app.inject({ method: 'POST', url, headers, payload: { by: 'amy' } });
  await app.inject({ method: 'GET', url: '/v1/incidents', headers });
  expect(lines.map(({ level }) => level)).toEqual(['info', 'debug']);
  expect(lines[0]?.fields).toMatchObject({
    request_id: 'r-1',
    trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
    route: '/v1/incidents/:id/acknowledge',
    method: 'POST',
    status: 200,
  });
});

it('keeps the stack of a bug for the log and tells the caller nothing of it', async () => {
  const bug = new Error('password is hunter2');
  const receive = async () => {
    throw bug;
  };
  const { app, lines } = createFakeApp({ receiver: { receive } });
  const response = await app.inject({ method: 'POST', url: '/v1/sources/x', payload: {} });
  expect(response.statusCode).toBe(500);
  expect(response.json()).toEqual({
    type: 'urn:tocsin:problem:internal',
    title: 'an internal error occurred',
    status: 500,
    code: 'internal',
    request_id: response.headers['x-request-id'],
  });
  expect(lines).toMatchObject([{ level: 'error', fields: { code: 'internal', err: bug } }]);
});

it('measures by route, method and status, each of a bounded set', async () => {
  const { app, metrics } = createFakeApp();
  await app.inject({ method: 'GET', url: `/v1/incidents/${incidentId}`, headers: authorized });
  await app.inject({ method: 'GET', url: '/made/up/by/a/stranger' });
  await app.inject({ method: 'PROPFIND' as 'GET', url: '/' });
  await app.inject({ method: 'GET', url: '/v1/incidents/%zz' });
  const text = await metrics.registry.metrics();
  const counted = [...text.matchAll(/^tocsin_http_request_seconds_count\{(.+)\} (\d+)$/gm)].map(
    (m) => `${m[1]} ${m[2]}`,
  );
  expect(counted.sort()).toEqual([
    'route="/v1/incidents/:id",method="GET",status="200" 1',
    'route="unknown",method="GET",status="400" 1',
    'route="unknown",method="GET",status="404" 1',
    'route="unknown",method="OTHER",status="404" 1',
  ]);
});

it('keeps the 503 of a probe out of the log that people read', async () => {
  const check = async () => ({ ready: false, degraded: ['worker'], parts: { worker: 'down' as const } });
  const { app, lines } = createFakeApp({ readiness: { check } });
  const response = await app.inject({ url: '/readyz' });
  expect(response.statusCode).toBe(503);
  expect(lines.map(({ level }) => level)).toEqual(['debug']);
});
