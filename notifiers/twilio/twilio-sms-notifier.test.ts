import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TwilioCredentials } from '../../domain/channel/channel.ts';
import type { SendContext } from '../../domain/policy/notification.ts';
import { aNotification, aSendContext } from '../../test/support/a-notification.ts';
import { createFakeTwilio, type FakeTwilio, twilioError } from '../../test/support/fake-twilio.ts';
import { describeNotifierContract } from '../contract.ts';
import { createGuardedHttpClient, type GuardedHttpClient } from '../http/guarded-http-client.ts';
import { referenceOf } from '../text/heading.ts';
import { createTwilioSmsNotifier } from './twilio-sms-notifier.ts';

const accountSid = `AC${'0'.repeat(32)}`;
const from = '+15005550006';
const to = '+4915112345678';

describeNotifierContract({
  name: 'twilio_sms',
  serve: async (canary) => {
    const twilio = await createFakeTwilio({ accountSid, authToken: canary, senders: [from] });
    const { key } = aNotification();
    return {
      ...twilio,
      // a message shows the beginning of its key only
      keyOf: ({ body }) =>
        new URLSearchParams(body).get('Body')?.endsWith(`ref ${referenceOf(key)}`) ? key : undefined,
      accepted: { status: 201, body: JSON.stringify({ sid: `SM${'1'.repeat(32)}` }) },
      statusIsEnough: true,
    };
  },
  create: ({ http, now, served, canary }) =>
    createTwilioSmsNotifier({
      credentials: { accountSid, authToken: canary, apiUrl: served?.server.url ?? '' },
      from,
      to,
      onUnknown: 'resend',
      http,
      now,
    }),
});

describe('twilio sms notifier', () => {
  let twilio: FakeTwilio;
  let http: GuardedHttpClient;

  beforeEach(async () => {
    twilio = await createFakeTwilio({ accountSid, authToken: 'token', senders: [from, 'tocsin'] });
    http = createGuardedHttpClient({ allowPrivate: ['127.0.0.1'] });
  });
  afterEach(async () => {
    http.close();
    await twilio.close();
  });

  interface Sending {
    readonly request?: Parameters<typeof aNotification>[0];
    readonly context?: Partial<SendContext>;
    readonly credentials?: Partial<TwilioCredentials>;
    readonly number?: string;
    readonly sender?: string;
  }

  function send({ request, context, credentials, number = to, sender = from }: Sending = {}) {
    const notifier = createTwilioSmsNotifier({
      credentials: { accountSid, authToken: 'token', apiUrl: `${twilio.apiUrl}/`, ...credentials },
      from: sender,
      to: number,
      onUnknown: 'resend',
      http,
      now: Date.now,
    });
    return notifier.send(aNotification(request), aSendContext(context));
  }

  it('queues one message', async () => {
    const result = await send();
    const [message] = twilio.messages();
    expect(result).toEqual({ outcome: 'delivered', providerId: message?.sid, status: 201 });
    expect(message).toMatchObject({
      to,
      from,
      body: 'PAGE critical: disk full on db1 ref a3f1c0dea3f1',
    });
  });

  it('sends under a name', async () => {
    await send({ sender: 'tocsin' });
    expect(twilio.messages()).toMatchObject([{ from: 'tocsin' }]);
  });

  it('authenticates with an API key', async () => {
    await using guarded = await createFakeTwilio({
      accountSid,
      user: 'SK1',
      authToken: 'secret',
      senders: [from],
    });
    const credentials = { apiUrl: guarded.apiUrl, apiKey: 'SK1', authToken: 'secret' };
    expect(await send({ credentials })).toMatchObject({ outcome: 'delivered' });
  });

  it('finds a message that arrived though nobody heard of it', async () => {
    await send();
    await send({ request: { key: 'another-key' } });
    const [message] = twilio.messages();
    const again = await send({ context: { mayHaveArrived: true, attempt: 2 } });
    expect(again).toEqual({ outcome: 'delivered', providerId: message?.sid });
    expect(twilio.messages()).toHaveLength(2);
  });

  it('finds it also when it is sent again later and would say something else', async () => {
    await send();
    const request = { incident: { alertCount: 3, title: 'disks full' }, notes: ['nobody is on call'] };
    const again = await send({ request, context: { mayHaveArrived: true, attempt: 6 } });
    expect(again).toEqual({ outcome: 'delivered', providerId: twilio.messages()[0]?.sid });
    expect(twilio.messages()).toHaveLength(1);
  });

  it('sends again what did not arrive', async () => {
    await send({ request: { key: 'another-key' } });
    await send({ context: { mayHaveArrived: true, attempt: 2 } });
    expect(twilio.messages()).toHaveLength(2);
  });

  it.each(['failed', 'undelivered', 'canceled'])('sends again what arrived and then %s', async (status) => {
    await send();
    twilio.setStatus(twilio.messages()[0]?.sid ?? '', status);
    await send({ context: { mayHaveArrived: true, attempt: 2 } });
    expect(twilio.messages()).toHaveLength(2);
  });

  it('does not send again while Twilio cannot say', async () => {
    twilio.next({ status: 503 });
    expect(await send({ context: { mayHaveArrived: true } })).toMatchObject({ outcome: 'retry' });
    expect(twilio.messages()).toEqual([]);
  });

  it('sends again where Twilio will not say', async () => {
    twilio.next(twilioError(403, 20403));
    expect(await send({ context: { mayHaveArrived: true } })).toMatchObject({ outcome: 'delivered' });
    expect(twilio.messages()).toHaveLength(1);
  });

  it('looks nothing up for a first attempt', async () => {
    await send();
    expect(twilio.requests.map(({ method }) => method)).toEqual(['POST']);
  });

  it.each([
    [400, 21211, 'rejected', 'twilio: error 21211, the number is not valid'],
    [400, 21610, 'rejected', 'twilio: error 21610, the recipient has unsubscribed'],
    [400, 21408, 'rejected', 'twilio: error 21408, messages to this country are not permitted'],
    [400, 21614, 'rejected', 'twilio: error 21614, the number is no mobile number'],
    [400, 29999, 'rejected', 'twilio: error 29999'],
    [400, 21611, 'rejected', 'twilio: error 21611, the queue of the sender is full'],
    [429, 20429, 'retry', 'answered 429'],
    [503, 20503, 'retry', 'answered 503'],
  ])('takes status %i with error %i as %s', async (status, code, outcome, reason) => {
    twilio.next(twilioError(status, code));
    expect(await send()).toEqual({ outcome, reason, status });
  });

  it.each([
    [{ number: '+1' }, 21211],
    [{ sender: '+15005550001' }, 21606],
    [{ credentials: { authToken: 'wrong' } }, 20003],
  ])('is told what is wrong: %j', async (sending, code) => {
    const reason = expect.stringContaining(`twilio: error ${code}`);
    expect(await send(sending)).toMatchObject({ outcome: 'rejected', reason });
  });

  it('takes nothing back, and says so', async () => {
    expect(await send({ request: { kind: 'undo' } })).toMatchObject({ outcome: 'rejected' });
    expect(twilio.requests).toEqual([]);
  });
});
