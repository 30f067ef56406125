import { expect, test } from 'vitest';
import type { Schedule } from '../../domain/people/people.ts';
import { createFakeApp, nowMs, token } from '../fake-app.ts';
import { overrideId } from '../fake-schedules.ts';

type Fake = ReturnType<typeof createFakeApp>;

async function call(
  { app }: Fake,
  address: string,
  { body, as = token }: { body?: object; as?: string } = {},
) {
  const [method = 'GET', url = ''] = address.split(' ');
  return app.inject({
    method: method as 'GET',
    url,
    headers: { authorization: `Bearer ${as}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { payload: JSON.stringify(body) }),
  });
}

const read = async (fake: Fake, url: string) => (await call(fake, `GET ${url}`)).json();
const iso = (offsetMs: number) => new Date(nowMs + offsetMs).toISOString();
const hourMs = 3_600_000;

test('says who is on call now, until when, and who is next', async () => {
  expect(await read(createFakeApp(), '/v1/oncall')).toEqual({
    items: [
      {
        schedule: 'payments',
        user: 'amy',
        via: { kind: 'layer', layer: 0 },
        until: '2026-01-12T08:00:00.000Z',
        next: { user: 'bo', at: '2026-01-12T08:00:00.000Z' },
      },
      {
        schedule: 'office',
        user: 'amy',
        via: { kind: 'layer', layer: 0 },
        until: '2026-01-05T17:00:00.000Z',
        next: { user: 'amy', at: '2026-01-12T09:00:00.000Z' },
      },
    ],
    next_cursor: null,
  });
});

test('says it of another instant, and of one schedule', async () => {
  const { items } = await read(createFakeApp(), '/v1/oncall?at=2026-01-06T09:00:00%2B01:00&schedule=office');
  expect(items).toEqual([
    {
      schedule: 'office',
      user: null,
      via: null,
      until: null,
      next: { user: 'amy', at: '2026-01-12T09:00:00.000Z' },
    },
  ]);
});

test.each([
  ['/v1/oncall?at=tomorrow', 400, { code: 'invalid_request', path: '/at' }],
  ['/v1/oncall?when=now', 400, { code: 'invalid_request' }],
  ['/v1/oncall?schedule=web', 404, { code: 'schedule_not_found' }],
  ['/v1/schedules/web', 404, { code: 'schedule_not_found' }],
  ['/v1/schedules/web.ics', 404, { code: 'schedule_not_found' }],
  ['/v1/schedules/web/overrides', 404, { code: 'schedule_not_found' }],
  [
    '/v1/schedules/office/shifts?from=2026-01-06T09:00:00Z&until=2026-01-06T09:00:00Z',
    400,
    { path: '/until' },
  ],
  ['/v1/schedules/office/gaps?until=2027-06-06T09:00:00Z', 400, { path: '/until' }],
  ['/v1/schedules/office/shifts?limit=201', 400, { code: 'invalid_request' }],
])('%s answers %i', async (url, status, problem) => {
  const answer = await call(createFakeApp(), `GET ${url}`);
  expect(answer.statusCode).toBe(status);
  expect(answer.json()).toMatchObject(problem);
});

test('shows schedules as they are configured', async () => {
  const fake = createFakeApp();
  const { items } = await read(fake, '/v1/schedules');
  expect(items.map(({ name }: { name: string }) => name)).toEqual(['payments', 'office']);
  expect(await read(fake, '/v1/schedules/payments')).toEqual({
    name: 'payments',
    timezone: 'Europe/Berlin',
    layers: [
      {
        users: ['amy', 'bo'],
        rotation: { unit: 'week', every: 1 },
        start: '2026-01-05T09:00',
        end: null,
        restrict: null,
      },
    ],
  });
});

test('lists shifts page by page, each once', async () => {
  const fake = createFakeApp();
  const span = 'from=2026-01-06T00:00:00Z&until=2026-02-10T00:00:00Z&limit=2';
  const pages: unknown[] = [];
  let cursor = '';
  do {
    const page = await read(fake, `/v1/schedules/payments/shifts?${span}&cursor=${cursor}`);
    pages.push(page.items.map(({ user, start }: { user: string; start: string }) => `${user} ${start}`));
    cursor = page.next_cursor;
  } while (cursor !== null);
  expect(pages).toEqual([
    ['amy 2026-01-05T08:00:00.000Z', 'bo 2026-01-12T08:00:00.000Z'],
    ['amy 2026-01-19T08:00:00.000Z', 'bo 2026-01-26T08:00:00.000Z'],
    ['amy 2026-02-02T08:00:00.000Z', 'bo 2026-02-09T08:00:00.000Z'],
  ]);
});

test('lists gaps', async () => {
  const url = '/v1/schedules/office/gaps?until=2026-01-12T10:00:00Z';
  expect(await read(createFakeApp(), url)).toEqual({
    items: [{ start: '2026-01-05T17:00:00.000Z', end: '2026-01-12T09:00:00.000Z' }],
    next_cursor: null,
  });
});

test('an override that starts now is on call at once, and listed until it is ended', async () => {
  const fake = createFakeApp();
  const body = { user: 'bo', for: '2h', by: 'amy' };
  const answer = await call(fake, 'POST /v1/schedules/payments/overrides', { body });
  expect(answer.statusCode).toBe(201);
  expect(answer.json()).toEqual({
    id: overrideId,
    schedule: 'payments',
    user: 'bo',
    status: 'active',
    start: iso(0),
    end: iso(2 * hourMs),
    createdAt: iso(0),
    createdBy: 'amy',
  });
  expect((await read(fake, '/v1/oncall?schedule=payments')).items).toEqual([
    {
      schedule: 'payments',
      user: 'bo',
      via: { kind: 'override', id: overrideId },
      until: iso(2 * hourMs),
      next: { user: 'amy', at: iso(2 * hourMs) },
    },
  ]);
  expect((await read(fake, '/v1/schedules/payments/overrides')).items).toMatchObject([{ id: overrideId }]);
  expect((await read(fake, '/v1/schedules/office/overrides')).items).toEqual([]);
  const ended = await call(fake, `DELETE /v1/overrides/${overrideId.toUpperCase()}?by=bo`);
  expect([ended.statusCode, ended.json().status]).toEqual([200, 'ended']);
  expect((await read(fake, '/v1/schedules/payments/overrides')).items).toEqual([]);
});

test('an override may be given by its ends', async () => {
  const body = { user: 'bo', start: iso(hourMs), end: iso(2 * hourMs) };
  const answer = await call(createFakeApp(), 'POST /v1/schedules/payments/overrides', { body });
  expect(answer.json()).toMatchObject({
    status: 'pending',
    start: body.start,
    end: body.end,
    createdBy: 'api',
  });
});

test.each<[string, object, string]>([
  ['no end', { user: 'bo' }, '/end'],
  ['two ends', { user: 'bo', for: '2h', end: iso(1) }, '/end'],
  ['a span that is none', { user: 'bo', for: 'two hours' }, '/for'],
  ['a span that is too long', { user: 'bo', for: '367d' }, '/for'],
  ['a start that is none', { user: 'bo', start: 'soon', for: '2h' }, '/start'],
  ['no user', { for: '2h' }, '/user'],
  ['a field that nobody knows', { user: 'bo', for: '2h', until: 'x' }, '/until'],
])('an override with %s is refused', async (_, body, path) => {
  const answer = await call(createFakeApp(), 'POST /v1/schedules/payments/overrides', { body });
  expect(answer.statusCode).toBe(422);
  expect(answer.json()).toMatchObject({ code: 'invalid_command', path });
});

test('an override that is not there is 404', async () => {
  for (const id of ['x', overrideId]) {
    const answer = await call(createFakeApp(), `DELETE /v1/overrides/${id}`);
    expect(answer.json()).toMatchObject({ status: 404, code: 'override_not_found' });
  }
});

test('the calendar is for readers of RFC 5545', async () => {
  const answer = await call(createFakeApp(), 'GET /v1/schedules/payments.ics');
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toBe('text/calendar; charset=utf-8');
  expect(answer.headers['content-disposition']).toBe('inline; filename="payments.ics"');
  expect(answer.body).toContain('BEGIN:VEVENT\r\n');
});

test('the calendar of a rotation by the hour goes as far ahead as any other', async () => {
  const layer = { users: ['amy', 'bo'], rotation: { unit: 'hour', every: 1 }, start: '2025-01-05T09:00' };
  const schedule = { name: 'payments', timeZone: 'UTC', layers: [layer] } as const;
  const { app } = createFakeApp({ schedules: () => new Map([['payments', schedule as Schedule]]) });
  const url = '/v1/schedules/payments.ics';
  const { body } = await app.inject({ url, headers: { authorization: `Bearer ${token}` } });
  const last = new Date(nowMs + 91 * 24 * hourMs).toISOString().slice(0, 10).replaceAll('-', '');
  expect(body).toContain(`DTSTART:${last}T`);
});

test.each(['GET /v1/oncall', 'GET /v1/schedules/payments.ics', `DELETE /v1/overrides/${overrideId}`])(
  '%s wants a token, and in the header alone',
  async (address) => {
    const { app } = createFakeApp();
    const [method, url = ''] = address.split(' ');
    for (const query of ['', `?token=${token}`]) {
      const answer = await app.inject({ method: method as 'GET', url: `${url}${query}` });
      expect(answer.statusCode).toBe(401);
    }
  },
);
