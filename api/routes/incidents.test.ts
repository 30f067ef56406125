import { expect, it } from 'vitest';
import { authorized, createFakeApp, incidentId, otherToken } from '../fake-app.ts';

const get = (
  fake: ReturnType<typeof createFakeApp>,
  url: string,
  headers: Record<string, string> = authorized,
) => fake.app.inject({ method: 'GET', url, headers });

it('lists incidents by what was asked for', async () => {
  const fake = createFakeApp();
  const response = await get(
    fake,
    '/v1/incidents?state=open&severity=critical&q=disk%20%25_&cursor=abc&limit=7',
  );
  expect(response.json()).toEqual({ items: [{ id: incidentId }], next_cursor: null });
  const query = {
    tenant: 'default',
    state: 'open',
    severity: 'critical',
    q: 'disk %_',
    cursor: 'abc',
    limit: 7,
  };
  expect(fake.listed).toEqual([query]);
});

it('takes a field that is left empty for one left out', async () => {
  const fake = createFakeApp();
  await get(fake, '/v1/incidents?state=&severity=&q=&cursor=&limit=');
  expect(fake.listed).toEqual([{ tenant: 'default', limit: 50 }]);
});

it('lists alerts by what was asked for', async () => {
  const fake = createFakeApp();
  await get(fake, '/v1/alerts?status=firing&limit=200');
  expect(fake.listed).toEqual([{ tenant: 'default', status: 'firing', limit: 200 }]);
});

it.each([
  ['/v1/incidents?state=closed', '/state'],
  ['/v1/incidents?state=open&state=resolved', '/state'],
  ['/v1/incidents?severity=page', '/severity'],
  ['/v1/incidents?limit=0', '/limit'],
  ['/v1/incidents?limit=201', '/limit'],
  ['/v1/incidents?limit=-1', '/limit'],
  ['/v1/incidents?limit=1e2', '/limit'],
  ['/v1/incidents?limit=9999999999999999999', '/limit'],
  ['/v1/incidents?sate=open', '/sate'],
  [`/v1/incidents?q=${'x'.repeat(257)}`, '/q'],
  ['/v1/incidents?__proto__=1', '/__proto__'],
  ['/v1/alerts?status=gone', '/status'],
  [`/v1/incidents/${incidentId}?min_version=x`, '/min_version'],
  [`/v1/incidents/${incidentId}?min_version=2147483648`, '/min_version'],
])('refuses %s and says where', async (url, path) => {
  const response = await get(createFakeApp(), url);
  const { code, path: found } = response.json();
  expect([response.statusCode, code, found]).toEqual([400, 'invalid_request', path]);
});

it('shows one incident and its timeline, no older than asked for', async () => {
  const fake = createFakeApp();
  const incident = await get(fake, `/v1/incidents/${incidentId}?min_version=3`);
  expect(incident.json()).toMatchObject({ id: incidentId, state: 'open', version: 3 });
  const timeline = await get(fake, `/v1/incidents/${incidentId.toUpperCase()}/timeline`);
  expect(timeline.statusCode).toBe(200);
  expect(fake.asked).toEqual([
    { tenant: 'default', id: incidentId, minVersion: 3 },
    { tenant: 'default', id: incidentId },
  ]);
});

it.each(['nonsense', "'; drop table events; --", '%00', '😀', '0'.repeat(36)])(
  'does not know the incident %s',
  async (id) => {
    const response = await get(createFakeApp(), `/v1/incidents/${encodeURIComponent(id)}`);
    expect([response.statusCode, response.json().code]).toEqual([404, 'incident_not_found']);
  },
);

it('hides the incidents of another tenant', async () => {
  const headers = { authorization: `Bearer ${otherToken}` };
  const response = await get(createFakeApp(), `/v1/incidents/${incidentId}`, headers);
  expect([response.statusCode, response.json().code]).toEqual([404, 'incident_not_found']);
});
