import { describe, expect, test } from 'vitest';
import { TocsinError } from '../../domain/errors.ts';
import type { DeliveryDesk } from '../delivery-desk.ts';
import { createFakeApp, deliveryKey, incidentId, otherToken, token } from '../fake-app.ts';

interface Call {
  readonly url: string;
  readonly body?: object;
  readonly as?: string;
}

/** The real application over a desk that remembers what it was asked; `call` asks it. */
function anApp(changes: Partial<DeliveryDesk> = {}) {
  const asked: object[] = [];
  const { app } = createFakeApp({
    deliveries: {
      async list(query) {
        asked.push(query);
        return { items: [], next_cursor: null };
      },
      async get(address) {
        asked.push(address);
        throw new TocsinError('delivery_not_found');
      },
      async redeliver(address, by) {
        asked.push({ ...address, by });
        return { redelivered: 1 };
      },
      async redeliverAll(selection, by) {
        asked.push({ ...selection, by });
        return { redelivered: 200, last: deliveryKey };
      },
      async discard(address, given) {
        asked.push({ ...address, ...given });
        throw new TocsinError('delivery_not_dead');
      },
      ...changes,
    },
  });
  const call = ({ url, body, as = token }: Call) =>
    app.inject({
      method: body === undefined ? 'GET' : 'POST',
      url,
      headers: { authorization: `Bearer ${as}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { payload: JSON.stringify(body) }),
    });
  return { asked, call };
}

describe('the list', () => {
  test('is filtered by state, incident and channel, for the tenant of the token', async () => {
    const { asked, call } = anApp();
    await call({ url: `/v1/deliveries?state=dead&incident=${incidentId}&channel=user:amy/phone&limit=10` });
    await call({ url: '/v1/deliveries', as: otherToken });
    expect(asked).toEqual([
      { tenant: 'default', state: 'dead', incident: incidentId, channel: 'user:amy/phone', limit: 10 },
      { tenant: 'other', limit: 50 },
    ]);
  });

  test.each(['state=lost', 'incident=1', 'limit=0', 'limit=201', 'key=x', 'channel=a%00'])(
    'refuses ?%s',
    async (query) => {
      const { asked, call } = anApp();
      const answer = await call({ url: `/v1/deliveries?${query}` });
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toMatchObject({ code: 'invalid_request' });
      expect(asked).toEqual([]);
    },
  );
});

test.each(['x', deliveryKey.toUpperCase(), `${deliveryKey}0`, "a' OR 1=1", 'a'.repeat(900)])(
  'what cannot be a key is a delivery that does not exist: %s',
  async (key) => {
    const { asked, call } = anApp();
    const url = `/v1/deliveries/${encodeURIComponent(key)}`;
    const answers = [
      await call({ url }),
      await call({ url: `${url}/redeliver`, body: { by: 'amy' } }),
      await call({ url: `${url}/discard`, body: { by: 'amy', reason: 'x' } }),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404]);
    expect(asked).toEqual([]);
  },
);

test('one dead letter is sent again', async () => {
  const { asked, call } = anApp();
  const answer = await call({ url: `/v1/deliveries/${deliveryKey}/redeliver`, body: { by: ' amy ' } });
  expect(answer.statusCode).toBe(202);
  expect(answer.json()).toEqual({ redelivered: 1, next_cursor: null });
  expect(asked).toEqual([{ tenant: 'default', key: deliveryKey, by: 'amy' }]);
});

describe('many dead letters', () => {
  const url = '/v1/deliveries/redeliver';

  test('are sent again by channel, incident or key, part by part', async () => {
    const { asked, call } = anApp();
    const answer = await call({ url, body: { by: 'amy', channel: 'ops', incident: incidentId } });
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toEqual({ redelivered: 200, next_cursor: deliveryKey });
    await call({ url, body: { by: 'amy', keys: [deliveryKey], cursor: deliveryKey } });
    expect(asked).toEqual([
      { tenant: 'default', incident: incidentId, channel: 'ops', by: 'amy' },
      { tenant: 'default', keys: [deliveryKey], after: deliveryKey, by: 'amy' },
    ]);
  });

  test.each([
    { by: 'amy' },
    { by: 'amy', keys: [] },
    { by: 'amy', keys: ['x'] },
    { by: 'amy', keys: Array.from({ length: 201 }, () => deliveryKey) },
    { by: 'amy', incident: 'x' },
    { by: 'amy', channel: 'ops', cursor: 'x' },
    { by: 'amy', channel: 'a\0' },
    { channel: 'ops' },
    { by: '', channel: 'ops' },
    { by: 'amy\u0007', channel: 'ops' },
    { by: 'amy', channel: 'ops', state: 'dead' },
  ])('are refused for %j', async (body) => {
    const { asked, call } = anApp();
    const answer = await call({ url, body });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'invalid_command' });
    expect(asked).toEqual([]);
  });
});

describe('discarding', () => {
  const url = `/v1/deliveries/${deliveryKey}/discard`;

  test('needs somebody and a reason', async () => {
    for (const body of [{ by: 'amy' }, { reason: 'x' }, { by: 'amy', reason: ' ' }]) {
      const { asked, call } = anApp();
      expect((await call({ url, body })).statusCode).toBe(422);
      expect(asked).toEqual([]);
    }
  });

  test('is told with who asked, and how', async () => {
    const { asked, call } = anApp();
    const answer = await call({ url, body: { by: 'amy', reason: 'bo was called' } });
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({ code: 'delivery_not_dead' });
    expect(asked).toMatchObject([
      {
        ...{ tenant: 'default', key: deliveryKey, by: 'amy', reason: 'bo was called' },
        metadata: { actor: 'amy', via: 'api', requestId: expect.any(String) },
      },
    ]);
  });
});

test('none of it goes without a token', async () => {
  const { asked, call } = anApp();
  const answer = await call({ url: '/v1/deliveries', as: 'nobody-knows-this-token' });
  expect(answer.statusCode).toBe(401);
  expect(asked).toEqual([]);
});
