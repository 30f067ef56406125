import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  aNotification,
  aSendContext,
  type NotificationOverrides,
} from '../../test/support/a-notification.ts';
import { createFakeTwilio, type FakeTwilio, twilioError } from '../../test/support/fake-twilio.ts';
import { describeNotifierContract } from '../contract.ts';
import { createGuardedHttpClient, type GuardedHttpClient } from '../http/guarded-http-client.ts';
import { createTwilioVoiceNotifier } from './twilio-voice-notifier.ts';

const accountSid = `AC${'0'.repeat(32)}`;
const from = '+15005550006';
const to = '+4915112345678';
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

describeNotifierContract({
  name: 'twilio_voice',
  serve: async (canary) => ({
    ...(await createFakeTwilio({ accountSid, authToken: canary, senders: [from] })),
    keyOf: ({ body }) => /<!-- (\w+) -->/.exec(new URLSearchParams(body).get('Twiml') ?? '')?.[1],
    accepted: { status: 201, body: JSON.stringify({ sid: `CA${'1'.repeat(32)}` }) },
    statusIsEnough: true,
  }),
  create: ({ http, now, served, canary }) =>
    createTwilioVoiceNotifier({
      credentials: { accountSid, authToken: canary, apiUrl: served?.server.url ?? '' },
      from,
      to,
      onUnknown: 'resend',
      http,
      now,
    }),
});

describe('twilio voice notifier', () => {
  let twilio: FakeTwilio;
  let http: GuardedHttpClient;

  beforeEach(async () => {
    twilio = await createFakeTwilio({ accountSid, authToken: 'token', senders: [from] });
    http = createGuardedHttpClient({ allowPrivate: ['127.0.0.1'] });
  });
  afterEach(async () => {
    http.close();
    await twilio.close();
  });

  function send(request?: NotificationOverrides, number = to) {
    const notifier = createTwilioVoiceNotifier({
      credentials: { accountSid, authToken: 'token', apiUrl: twilio.apiUrl },
      from,
      to: number,
      onUnknown: 'resend',
      http,
      now: Date.now,
    });
    return notifier.send(aNotification(request), aSendContext());
  }

  it('calls and says the title twice', async () => {
    const result = await send({ incident: { alertCount: 3 }, notes: ['nobody is on call in payments'] });
    const [call] = twilio.calls();
    expect(result).toEqual({ outcome: 'delivered', providerId: call?.sid, status: 201 });
    const message = 'page critical. disk full on db1. 3 alerts. nobody is on call in payments.';
    expect(call).toMatchObject({ to, from, says: [`This is tocsin. ${message}`, `I repeat: ${message}`] });
  });

  it('speaks markup instead of obeying it', async () => {
    await send({ incident: { title: '</Say><Dial>+49900</Dial>&amp;"' } });
    expect(twilio.calls()[0]?.says[0]).toContain('</Say><Dial>+49900</Dial>&amp;"');
  });

  it(`says anything at all without breaking its XML or its limit (seed ${seed})`, async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.constantFrom('&'.repeat(400), '\ufffe\uffff\u0000\ud800', ']]><!--', '\'"<>'),
    );
    const property = fc.asyncProperty(text, text, text, async (title, by, note) => {
      for (const kind of ['page', 'update', 'test'] as const) {
        const result = await send({ kind, by, notes: [note], key: note, incident: { title } });
        expect(result).toMatchObject({ outcome: 'delivered' });
      }
    });
    await fc.assert(property, { seed, numRuns: 60 });
  }, 30_000);

  it('is told that a number is not valid', async () => {
    const reason = 'twilio: error 21217, the number is not valid';
    expect(await send({}, '+1')).toEqual({ outcome: 'rejected', reason, status: 400 });
  });

  it('tries again when Twilio is busy', async () => {
    twilio.next({ ...twilioError(429, 20429), headers: { 'retry-after': '3' } });
    expect(await send()).toMatchObject({ outcome: 'retry', afterMs: 3_000 });
  });

  it('takes nothing back, and says so', async () => {
    expect(await send({ kind: 'undo' })).toMatchObject({ outcome: 'rejected' });
    expect(twilio.requests).toEqual([]);
  });
});
