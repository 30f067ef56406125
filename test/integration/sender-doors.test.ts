import { createHmac } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { type ErrorCode, TocsinError } from '../../domain/errors.ts';
import type { SourceType } from '../../domain/source/source-type.ts';
import { aSource, type DoorOptions, keyOf, openDoors } from '../support/door-stage.ts';
import { aConfig } from '../support/ingest.ts';
import { allDeliveries, type Delivery } from '../support/sender-deliveries.ts';

const json = { 'content-type': 'application/json' };

function deliveryOf(wanted: string): Delivery {
  const delivery = allDeliveries().find(({ name }) => name === wanted);
  if (delivery === undefined) throw new Error(`there is no fixture ${wanted}`);
  return delivery;
}

async function send(delivery: Delivery, options: DoorOptions = {}) {
  const stage = openDoors(options);
  const { url, headers, body } = delivery;
  const response = await stage.app.inject({ method: 'POST', url, headers, payload: JSON.stringify(body) });
  return { ...stage, response };
}

async function enqueue(event: object, options: DoorOptions = {}) {
  const body = { routing_key: keyOf('pagerduty'), ...event };
  const sent = await send({ name: 'event', url: '/v2/enqueue', headers: json, body }, options);
  return { ...sent, answer: sent.response.json() };
}

const payload = { summary: 'disk is full', source: 'db-1', severity: 'critical' };

function failing(code: ErrorCode, retryAfterMs?: number): DoorOptions {
  const accept = async () => {
    throw new TocsinError(code, retryAfterMs === undefined ? {} : { retryAfterMs });
  };
  return { acceptor: { accept } };
}

describe("pagerduty's events API", () => {
  test('answers exactly 202 with the key', async () => {
    const { response, answer, commands } = await enqueue({
      event_action: 'trigger',
      dedup_key: 'd',
      payload,
    });
    expect([response.statusCode, answer]).toEqual([
      202,
      { status: 'success', message: 'Event processed', dedup_key: 'd' },
    ]);
    expect(commands).toMatchObject([{ kind: 'observe', alert: { source: 'pagerduty', status: 'firing' } }]);
  });

  test('makes a key where there is none, under which the alert is cleared', async () => {
    const first = await enqueue({ event_action: 'trigger', payload });
    const second = await enqueue({ event_action: 'trigger', payload });
    expect(first.answer.dedup_key).toMatch(/^[0-9a-f-]{36}$/);
    expect(second.answer.dedup_key).not.toBe(first.answer.dedup_key);
    const resolved = await enqueue({ event_action: 'resolve', dedup_key: first.answer.dedup_key });
    const [trigger] = first.commands;
    const [clear] = resolved.commands;
    if (trigger?.kind !== 'observe' || clear?.kind !== 'clear')
      throw new Error('expected a firing and a clear');
    expect(clear.identity.fingerprint).toBe(trigger.alert.fingerprint);
  });

  test('hands an acknowledgement on', async () => {
    const { commands, answer } = await enqueue({ event_action: 'acknowledge', dedup_key: 'd' });
    expect(commands).toMatchObject([{ kind: 'acknowledge', identity: { source: 'pagerduty' } }]);
    expect(answer.status).toBe('success');
  });

  test('takes change events and does nothing with them', async () => {
    const { response, commands, requests, heard } = await send(deliveryOf('pagerduty/change'));
    expect(response.statusCode).toBe(202);
    expect(response.json()).toEqual({ status: 'success', message: 'Change event processed' });
    expect([commands, requests]).toEqual([[], []]);
    expect(heard).toEqual(['pagerduty']);
  });

  test.each([undefined, 'key-of-nobody-00000000000000000', keyOf('generic')])(
    'refuses the key %j',
    async (routing_key) => {
      const { response, answer, commands } = await enqueue({ routing_key, event_action: 'trigger', payload });
      expect([response.statusCode, answer.status]).toEqual([400, 'invalid event']);
      expect(answer.errors).toEqual([expect.stringContaining('routing_key')]);
      expect(response.body).not.toContain('key-of');
      expect(commands).toEqual([]);
    },
  );

  test('refuses what is no event with 400, and a body above 512 KiB with 413', async () => {
    const wrong = await enqueue({ event_action: 'trigger', payload: { summary: 'x', severity: 7 } });
    expect([wrong.response.statusCode, wrong.answer.errors]).toEqual([
      400,
      [expect.stringContaining('/payload/severity')],
    ]);
    const { response, answer } = await enqueue({
      event_action: 'trigger',
      payload,
      pad: 'x'.repeat(524_288),
    });
    expect([response.statusCode, answer.status]).toEqual([413, 'invalid event']);
  });

  test.each([
    ['overloaded', 429, '2'],
    ['store_unavailable', 503, '1'],
  ] as const)('tells %s as %i', async (code, status, seconds) => {
    const failure = failing(code, code === 'overloaded' ? 1_500 : undefined);
    const { response, answer } = await enqueue({ event_action: 'trigger', payload }, failure);
    expect([response.statusCode, response.headers['retry-after']]).toEqual([status, seconds]);
    expect(answer.status).not.toBe('success');
  });

  test("answers as pagerduty at the source's own address, where the address has the key", async () => {
    const { response } = await send({
      name: 'event',
      url: `/v1/sources/${keyOf('pagerduty')}`,
      headers: json,
      body: { routing_key: 'whatever', event_action: 'trigger', dedup_key: 'd', payload },
    });
    expect([response.statusCode, response.json().dedup_key]).toEqual([202, 'd']);
  });
});

describe("alertmanager's API", () => {
  const alerts = [{ labels: { alertname: 'DiskFull' }, startsAt: '2026-09-14T08:30:00Z' }];

  function post(url: string, authorization?: string, options?: DoorOptions) {
    const headers = { ...json, ...(authorization !== undefined && { authorization }) };
    return send({ name: 'alerts', url, headers, body: alerts }, options);
  }

  test('answers 200 without a body, wherever the key stands', async () => {
    const basic = Buffer.from(`prometheus:${keyOf('alertmanager')}`).toString('base64');
    const ways = [
      post('/api/v2/alerts', `Bearer ${keyOf('alertmanager')}`),
      post('/api/v2/alerts', `Basic ${basic}`),
      post(`/v1/sources/${keyOf('alertmanager')}/api/v2/alerts`),
    ];
    for (const { response, commands } of await Promise.all(ways)) {
      expect([response.statusCode, response.body]).toEqual([200, '']);
      expect(commands).toMatchObject([
        { alert: { source: 'alertmanager', labels: { alertname: 'DiskFull' } } },
      ]);
    }
  });

  test('is for sources of type alertmanager', async () => {
    const { response, commands } = await post('/api/v2/alerts', `Bearer ${keyOf('grafana')}`);
    expect([response.statusCode, response.json()]).toEqual([
      401,
      'a source of type grafana has another address',
    ]);
    expect(commands).toEqual([]);
  });

  test('asks to come back with 503, which prometheus does', async () => {
    const { response } = await post(
      '/api/v2/alerts',
      `Bearer ${keyOf('alertmanager')}`,
      failing('overloaded'),
    );
    expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '1']);
  });

  test('says of itself what clients ask', async () => {
    const { app } = openDoors();
    const headers = { authorization: `Bearer ${keyOf('alertmanager')}` };
    const status = await app.inject({ method: 'GET', url: '/api/v2/status', headers });
    expect(status.json()).toMatchObject({
      cluster: { status: 'disabled' },
      versionInfo: { version: 'tocsin-1.2.3' },
    });
    const below = await app.inject({
      method: 'GET',
      url: `/v1/sources/${keyOf('alertmanager')}/api/v2/status`,
    });
    expect(below.json()).toEqual(status.json());
    const refused = await app.inject({ method: 'GET', url: '/api/v2/status' });
    expect(refused.statusCode).toBe(401);
  });
});

describe('cloudevents', () => {
  test('are answered 202, a batch with what was wrong in it', async () => {
    const { response } = await send(deliveryOf('cloudevents/batch'));
    expect([response.statusCode, response.json()]).toMatchObject([
      202,
      { accepted: 2, duplicates: 0, dropped: [] },
    ]);
    expect(response.json().rejected).toHaveLength(6);
  });

  test('are refused with 422 where none of them can be used', async () => {
    const { headers, url } = deliveryOf('cloudevents/structured');
    const { response } = await send({ name: 'wrong', url, headers, body: { specversion: '1.0' } });
    expect(response.json()).toMatchObject({ code: 'invalid_alert', rejected: [{ path: '/id' }] });
    expect(response.statusCode).toBe(422);
  });

  test('of another type are refused with 415', async () => {
    const { body, url } = deliveryOf('cloudevents/structured');
    for (const type of ['application/cloudevents+avro', 'application/json', 'text/plain']) {
      const { response } = await send({ name: 'x', url, headers: { 'content-type': type }, body });
      expect([response.statusCode, response.json().code]).toEqual([415, 'unsupported_media_type']);
    }
  });

  test('are taken without a body in binary mode', async () => {
    const { url, headers } = deliveryOf('cloudevents/binary-data');
    const { app, commands } = openDoors();
    const response = await app.inject({ method: 'POST', url, headers });
    expect([response.statusCode, commands.length]).toEqual([202, 1]);
  });

  test('are asked to come back with 429', async () => {
    const { response } = await send(deliveryOf('cloudevents/structured'), failing('overloaded', 2_001));
    expect([response.statusCode, response.headers['retry-after']]).toEqual([429, '3']);
    expect(response.json()).toMatchObject({ status: 429, code: 'overloaded' });
  });

  test('begin with a handshake', async () => {
    const rate = { perSecond: 2, burst: 10 };
    const { app } = openDoors({ sources: [aSource('cloudevents', { rate }), aSource('generic')] });
    const headers = { 'webhook-request-origin': 'events.example.org' };
    const ask = (type: SourceType | 'nobody') =>
      app.inject({ method: 'OPTIONS', url: `/v1/sources/key-of-${type}`.padEnd(44, '0'), headers });
    const allowed = await ask('cloudevents');
    expect([allowed.statusCode, allowed.headers]).toMatchObject([
      200,
      { allow: 'POST', 'webhook-allowed-origin': 'events.example.org', 'webhook-allowed-rate': '120' },
    ]);
    expect((await ask('generic')).statusCode).toBe(405);
    expect((await ask('nobody')).statusCode).toBe(401);
  });
});

describe.each(['alertmanager/firing', 'grafana/firing', 'generic/flat'])('%s', (name) => {
  test('is asked to come back with 503, because its sender gives up after a 429', async () => {
    const { response } = await send(deliveryOf(name), failing('overloaded', 1_500));
    expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '2']);
    expect(response.json()).toMatchObject({ code: 'overloaded' });
  });
});

describe('a signature', () => {
  const signature = { secrets: ['old-secret', 'new-secret'], header: 'x-grafana-alerting-signature' };
  const sources = [aSource('grafana', { signature })];
  const { url, body } = deliveryOf('grafana/firing');
  const raw = JSON.stringify(body);
  const signed = (text: string) => createHmac('sha256', 'new-secret').update(text).digest('hex');

  async function post(text: string, value: string | undefined) {
    const stage = openDoors({ sources });
    const headers = { ...json, ...(value !== undefined && { [signature.header]: value }) };
    const response = await stage.app.inject({ method: 'POST', url, headers, payload: text });
    return { ...stage, response };
  }

  test('that is right lets the alerts in', async () => {
    expect((await post(raw, signed(raw))).response.statusCode).toBe(202);
  });

  test.each([undefined, '', '0'.repeat(64), signed(`${raw} `)])('%j does not', async (value) => {
    const { response, commands, heard } = await post(raw, value);
    expect([response.statusCode, response.json().code]).toEqual([401, 'invalid_signature']);
    expect([commands, heard]).toEqual([[], []]);
  });

  test('is looked at before anything is read', async () => {
    const { response } = await post('{"half": ', '0'.repeat(64));
    expect(response.json().code).toBe('invalid_signature');
  });
});

describe('a request', () => {
  test('is decided under the one configuration that was in force when it came', async () => {
    let version = 0;
    const config = vi.fn(() => {
      version += 1;
      return { ...aConfig(), version, sources: [aSource('generic')] };
    });
    const versions: number[] = [];
    const { requests } = await send(deliveryOf('generic/flat'), {
      config,
      prepare: (commands, context) => {
        versions.push(context.config.version);
        return { commands, dropped: [] };
      },
    });
    expect([...versions, requests[0]?.config.version]).toEqual([1, 1]);
    expect(config).toHaveBeenCalledTimes(1);
  });

  test('says in the log who sent it', async () => {
    const { requests } = await send(deliveryOf('generic/flat'));
    const metadata = { actor: 'generic', via: 'source', requestId: expect.any(String) };
    expect(requests[0]?.metadata).toMatchObject(metadata);
  });

  test('belongs to the tenant of its key', async () => {
    const sources = [aSource('generic', { tenant: 'shop' })];
    const delivery = deliveryOf('generic/flat');
    const body = { ...(delivery.body as object), tenant: 'other', source: 'other' };
    const { commands } = await send({ ...delivery, body }, { sources });
    expect(commands).toMatchObject([{ alert: { tenant: 'shop', source: 'generic' } }]);
  });

  test('of which processors dropped everything is accepted without a write', async () => {
    const prepare: DoorOptions['prepare'] = (commands) => ({
      commands: [],
      dropped: commands.map(({ index }) => ({ index, reason: 'sampled' })),
    });
    const { response, requests, heard } = await send(deliveryOf('generic/flat'), { prepare });
    expect(response.json()).toMatchObject({ accepted: 0, dropped: [{ index: 0, reason: 'sampled' }] });
    expect([response.statusCode, requests, heard]).toEqual([202, [], ['generic']]);
  });

  test('that cannot be read is no sign of life', async () => {
    const { heard } = await send({ ...deliveryOf('generic/flat'), body: 'text' });
    expect(heard).toEqual([]);
  });
});
