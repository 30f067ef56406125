import { phoneNumber } from '../schema/contact-fields.ts';
import { defineChannel } from './define-channel.ts';
import { sender, twilioAccount } from './twilio-account.ts';

export const twilioSmsChannel = defineChannel({
  type: 'twilio_sms',
  meaning: 'An SMS by Twilio.',
  fields: {
    to: phoneNumber.describe('Whom it goes to, in E.164.'),
    from: sender.optional().describe('Default: that of `providers.twilio`.'),
  },
  updates: { byDefault: false, meaning: 'Whether acknowledgement and resolution are sent too.' },
  async build({ path, value }, checks) {
    const account = await twilioAccount.need(path, checks);
    if (account === undefined) return undefined;
    const { to, from = account.from } = value;
    return {
      destination: { provider: 'twilio_sms', account: account.credentials, from, to },
      identity: { to, from, accountSid: account.credentials.accountSid },
    };
  },
});
