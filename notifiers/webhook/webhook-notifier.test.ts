import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aNotification, anAlertSample, aSendContext } from '../../test/support/a-notification.ts';
import { createFakeWebhook, type FakeWebhook, hasValidSignature } from '../../test/support/fake-webhook.ts';
import { canarySecret, describeNotifierContract } from '../contract.ts';
import { createNotifier } from '../create-notifiers.ts';
import { createGuardedHttpClient, type GuardedHttpClient } from '../http/guarded-http-client.ts';

describeNotifierContract({
  name: 'webhook',
  serve: async (canary) => ({
    ...(await createFakeWebhook({ secret: canary })),
    keyOf: ({ headers }) => headers['webhook-id'],
    accepted: { status: 200, body: '{}' },
    statusIsEnough: true,
  }),
  create: ({ http, write, now, served, canary }) =>
    createNotifier(
      {
        name: 'ops',
        updates: true,
        provider: 'webhook',
        url: `${served?.server.url}/hook/${canary}?key=${canary}`,
        secrets: [canary],
      },
      { http, write, now },
    ),
});

describe('webhook notifier', () => {
  const oldSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const newSecret = 'a raw secret of some length';
  let receiver: FakeWebhook;
  let http: GuardedHttpClient;

  beforeEach(async () => {
    receiver = await createFakeWebhook();
    http = createGuardedHttpClient({ allowPrivate: ['127.0.0.1'] });
  });
  afterEach(async () => {
    http.close();
    await receiver.close();
  });

  function createOps(now = Date.now) {
    const secrets = [newSecret, oldSecret];
    const url = `${receiver.url}/hook?team=payments`;
    return createNotifier(
      { name: 'ops', updates: true, provider: 'webhook', url, secrets },
      { http, write: () => undefined, now, publicUrl: 'https://tocsin.example/' },
    );
  }

  async function send(request = aNotification(), attempt = 1) {
    const result = await createOps().send(request, aSendContext({ attempt }));
    const recorded = receiver.requests.at(-1);
    if (recorded === undefined) throw new Error('no request arrived');
    return { result, recorded };
  }

  it('posts the incident as the design says', async () => {
    const { recorded } = await send(aNotification(), 3);
    const { key, incident, alerts } = aNotification();
    expect(JSON.parse(recorded.body)).toEqual({
      type: 'incident.page',
      notification: { id: key, attempt: 3, step: 0, round: 0 },
      incident: { ...incident, url: `https://tocsin.example/v1/incidents/${incident.id}` },
      alerts,
    });
    expect(recorded).toMatchObject({ method: 'POST', path: '/hook?team=payments' });
    expect(recorded.headers['content-type']).toBe('application/json');
  });

  it.each(['update', 'resolved', 'reminder', 'undo', 'test'] as const)(
    'tells of %s and by whom',
    async (kind) => {
      const { recorded } = await send(aNotification({ kind, by: 'amy' }));
      expect(JSON.parse(recorded.body)).toMatchObject({
        type: `incident.${kind}`,
        notification: { by: 'amy' },
      });
    },
  );

  it('signs with both secrets during a rotation', async () => {
    const { recorded } = await send();
    expect(recorded.headers['webhook-signature']?.split(' ')).toHaveLength(2);
    expect(await hasValidSignature(recorded, oldSecret)).toBe(true);
    expect(await hasValidSignature(recorded, newSecret)).toBe(true);
    expect(await hasValidSignature(recorded, 'another secret')).toBe(false);
    expect(await hasValidSignature({ ...recorded, body: `${recorded.body} ` }, newSecret)).toBe(false);
  });

  it('carries the key and the trace in headers', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { recorded } = await send(aNotification({ traceparent }));
    const { key } = aNotification();
    expect(recorded.headers).toMatchObject({ 'webhook-id': key, 'idempotency-key': key, traceparent });
  });

  it('carries at most 20 alerts, and the true count', async () => {
    const alerts = Array.from({ length: 25 }, (_, index) => anAlertSample({ fingerprint: `f${index}` }));
    const { recorded } = await send(aNotification({ alerts, incident: { alertCount: 700 } }));
    const body = JSON.parse(recorded.body);
    expect(body.alerts).toHaveLength(20);
    expect(body.incident.alertCount).toBe(700);
  });

  it('keeps hostile text and broken surrogates intact as JSON', async () => {
    const title = '\u0000"}],"x":\ud800 __proto__ </script>';
    const { recorded } = await send(aNotification({ incident: { title } }));
    expect(JSON.parse(recorded.body).incident.title).toBe(title);
    expect(await hasValidSignature(recorded, newSecret)).toBe(true);
  });

  it.each([
    ['{"id":"msg_42"}', 'msg_42'],
    ['{"id":42}', aNotification().key],
    ['{"id":"two words"}', aNotification().key],
    ['null', aNotification().key],
    ['ok', aNotification().key],
    ['', aNotification().key],
  ])('takes the id of the message from the answer %s', async (body, providerId) => {
    receiver.next({ status: 201, body });
    expect((await send()).result).toEqual({ outcome: 'delivered', providerId, status: 201 });
  });

  it('tells how long the answer is waited for, and for whom it sends', async () => {
    const tenant = 'acme';
    const inHalfAMinute = aSendContext({ deadlineMs: Date.now() + 30_000 });
    await createOps().send(aNotification({ tenant }), inHalfAMinute);
    const headers = receiver.requests.at(-1)?.headers;
    expect(headers).toMatchObject({ 'x-tocsin-tenant': tenant });
    const leftMs = Number(headers?.['tocsin-deadline']);
    expect(leftMs).toBeGreaterThan(25_000);
    expect(leftMs).toBeLessThanOrEqual(30_000);
  });

  it('breaks apart from other receivers behind the same host', () => {
    expect(createOps().account).toBe(`${new URL(receiver.url).host}/ops`);
  });

  it('says what the page says besides', async () => {
    const notes = ['nobody is on call in payments'];
    const { recorded } = await send(aNotification({ notes }));
    expect(JSON.parse(recorded.body).notification).toMatchObject({ notes });
  });

  describe('after 410', () => {
    let nowMs = Date.parse('2026-03-01T12:00:00Z');

    async function goneOps() {
      const notifier = createOps(() => nowMs);
      receiver.next({ status: 410, headers: { 'retry-after': '1' } });
      expect(await notifier.send(aNotification(), aSendContext())).toEqual({
        outcome: 'rejected',
        reason: 'answered 410',
        status: 410,
      });
      return notifier;
    }

    it('sends nothing for an hour, and then tries again', async () => {
      const notifier = await goneOps();
      nowMs += 3_599_000;
      const refused = await notifier.send(aNotification(), aSendContext());
      expect(refused).toEqual({ outcome: 'rejected', reason: 'gone' });
      expect(receiver.requests).toHaveLength(1);
      nowMs += 2_000;
      expect(await notifier.send(aNotification(), aSendContext())).toMatchObject({ outcome: 'delivered' });
    });

    it('lets a test page through, which opens the channel again', async () => {
      const notifier = await goneOps();
      await notifier.send(aNotification({ kind: 'test' }), aSendContext());
      expect(await notifier.send(aNotification(), aSendContext())).toMatchObject({ outcome: 'delivered' });
      expect(receiver.requests).toHaveLength(3);
    });
  });

  it('names no part of its address when the address is refused', async () => {
    const notifier = createNotifier(
      {
        name: 'ops',
        updates: false,
        provider: 'webhook',
        url: `http://10.0.0.1/${canarySecret}?k=${canarySecret}`,
        secrets: [canarySecret],
      },
      { http, write: () => undefined, now: Date.now },
    );
    const result = await notifier.send(aNotification(), aSendContext());
    expect(result).toMatchObject({ outcome: 'rejected' });
    expect(JSON.stringify(result)).not.toContain(canarySecret);
  });
});
