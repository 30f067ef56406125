import { expect, test } from 'vitest';
import { createTempConfig, openTestHolder } from '../config/testing/temp-config.ts';
import { aNotification, aSendContext } from '../test/support/a-notification.ts';
import { createFakePagerduty } from '../test/support/fake-pagerduty.ts';
import { createFakeSmtp } from '../test/support/fake-smtp.ts';
import { createFakeTelegram } from '../test/support/fake-telegram.ts';
import { createFakeTwilio } from '../test/support/fake-twilio.ts';
import { createChannelNotifiers } from './channel-notifiers.ts';

const accountSid = `AC${'0'.repeat(32)}`;
const phone = '+4915112345678';

test('pages contacts and channels by mail, SMS, phone, Telegram and PagerDuty as configured', async () => {
  await using smtp = await createFakeSmtp({ users: { tocsin: 'password' } });
  await using twilio = await createFakeTwilio({ accountSid, authToken: 'token', senders: ['+4930123456'] });
  await using telegram = await createFakeTelegram({ token: 'token', chats: [42] });
  await using pagerduty = await createFakePagerduty({ routingKeys: ['key'] });
  await using file = await createTempConfig();
  await file.write(`
version: 1
sources: [{ name: s, type: alertmanager, key: 0123456789abcdef }]
routes: [{ policy: p }]
policies: { p: { steps: [{ notify: [user:amy, channel:chat, channel:pd], wait: 1m }] } }
outbound: { allow_private: ["127.0.0.1"] }
providers:
  smtp: { host: 127.0.0.1, port: ${smtp.port}, tls: none, user: tocsin, password: password, from: t@example.org }
  twilio: { account_sid: ${accountSid}, auth_token: token, from: "+4930123456", api_url: "${twilio.apiUrl}" }
  telegram: { token: token, api_url: "${telegram.apiUrl}" }
users:
  amy:
    timezone: Europe/Berlin
    contacts:
      mail: { type: email, to: amy@example.org }
      text: { type: twilio_sms, to: "${phone}" }
      phone: { type: twilio_voice, to: "${phone}" }
channels:
  chat: { type: telegram, chat: 42 }
  pd: { type: pagerduty, routing_key: key, api_url: "${pagerduty.apiUrl}" }
`);
  const { holder } = await openTestHolder(file);
  const logger = { warn() {}, error() {} };
  const notifiers = createChannelNotifiers({ holder, logger, write() {}, now: Date.now });

  for (const channel of ['user:amy/mail', 'user:amy/text', 'user:amy/phone', 'chat', 'pd']) {
    const notifier = await notifiers.notifierOf(channel);
    const result = await notifier?.send(aNotification({ channel }), aSendContext());
    expect(result, channel).toMatchObject({ outcome: 'delivered' });
  }
  notifiers.close();

  expect(smtp.mails).toMatchObject([{ to: ['amy@example.org'], user: 'tocsin' }]);
  expect(twilio.messages()).toMatchObject([{ to: phone }]);
  expect(twilio.calls()).toMatchObject([{ to: phone }]);
  expect(telegram.posts()).toMatchObject([{ chat: 42 }]);
  expect(pagerduty.alerts()).toMatchObject([{ state: 'triggered' }]);
});
