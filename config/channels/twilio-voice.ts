import { phoneNumber, phonePattern } from '../schema/contact-fields.ts';
import { defineChannel } from './define-channel.ts';
import { twilioAccount } from './twilio-account.ts';

export const twilioVoiceChannel = defineChannel({
  type: 'twilio_voice',
  meaning: 'A call by Twilio that reads the page out, twice.',
  fields: {
    to: phoneNumber.describe('Whom it calls, in E.164.'),
    from: phoneNumber.optional().describe('Default: that of `providers.twilio`, if it is a number.'),
  },
  updates: { byDefault: false, meaning: 'Whether it calls on acknowledgement and resolution too.' },
  async build({ path, value }, checks) {
    const account = await twilioAccount.need(path, checks);
    if (account === undefined) return undefined;
    const { to, from = account.from } = value;
    if (!phonePattern.test(from)) {
      checks.findings.error(
        path,
        'needs a number as from: providers.twilio sends under a name, which cannot call',
      );
      return undefined;
    }
    return {
      destination: { provider: 'twilio_voice', account: account.credentials, from, to },
      identity: { to, from, accountSid: account.credentials.accountSid },
    };
  },
});
