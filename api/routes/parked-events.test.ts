import { fastify } from 'fastify';
import { expect, test } from 'vitest';
import { answerProblems } from '../guards/error-handler.ts';
import { decorateRequests } from '../request-context.ts';
import { ajvOptions, toInputError } from '../validation.ts';
import { addParkedEventRoutes, type ParkedEvents } from './parked-events.ts';

const event = {
  consumer: 'dispatch',
  lane: 1,
  position: 5,
  stream: 'alert-a',
  version: 2,
  reason: 'AlertFired version 2: the version is newer than this release',
  parkedAt: '2026-01-05T09:00:00.000Z',
};

function anApp(changes: Partial<ParkedEvents> = {}) {
  const asked: object[] = [];
  const app = fastify({ ajv: ajvOptions });
  decorateRequests(app);
  answerProblems(app);
  app.setSchemaErrorFormatter(toInputError);
  addParkedEventRoutes(app, {
    async list(options) {
      asked.push(options);
      return [event];
    },
    async retry(options) {
      asked.push(options);
      return { retried: 3, parked: 1, last: { consumer: 'dispatch', stream: 'alert-a', version: 2 } };
    },
    ...changes,
  });
  const retry = (payload: object) =>
    app.inject({
      method: 'POST',
      url: '/v1/events/retry',
      headers: { 'content-type': 'application/json' },
      payload,
    });
  return { app, asked, retry };
}

test('lists what is parked, page by page', async () => {
  const { app, asked } = anApp();
  const first = await app.inject('/v1/events/parked?consumer=dispatch&limit=1');
  expect(first.statusCode).toBe(200);
  expect(first.json()).toEqual({ items: [event], next_cursor: expect.any(String) });
  const cursor = (first.json() as { next_cursor: string }).next_cursor;
  await app.inject(`/v1/events/parked?cursor=${cursor}`);
  expect(asked).toEqual([
    { consumer: 'dispatch', limit: 1 },
    { after: { consumer: 'dispatch', stream: 'alert-a', version: 2 }, limit: 50 },
  ]);
});

test.each(['cursor=nonsense', 'limit=0', 'limit=x', 'state=open', `cursor=${btoa('["a","b",-1]')}`])(
  'refuses ?%s',
  async (query) => {
    const { app, asked } = anApp();
    const answer = await app.inject(`/v1/events/parked?${query}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'invalid_request' });
    expect(asked).toEqual([]);
  },
);

test('retries what is named, and tells where to go on', async () => {
  const { retry, asked } = anApp();
  const answer = await retry({ stream: 'alert-a', consumer: 'dispatch' });
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toEqual({ retried: 3, parked: 1, next_cursor: expect.any(String) });
  const { next_cursor } = answer.json() as { next_cursor: string };
  await retry({ all: true, cursor: next_cursor });
  expect(asked).toEqual([
    { stream: 'alert-a', consumer: 'dispatch' },
    { after: { consumer: 'dispatch', stream: 'alert-a', version: 2 } },
  ]);
});

test.each([{}, { all: false }, { cursor: 'x' }, { all: 'yes' }, { everything: true }, { stream: '' }])(
  'refuses to retry %j',
  async (body) => {
    const { retry, asked } = anApp();
    const answer = await retry(body);
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'invalid_command' });
    expect(asked).toEqual([]);
  },
);
