import { mailAddress } from '../schema/contact-fields.ts';
import { oneOrSeveral } from '../schema/fields.ts';
import { defineChannel } from './define-channel.ts';
import { smtpAccount } from './smtp-account.ts';

/** More readers than this are a list at the mail server. */
const maxRecipients = 20;

export const emailChannel = defineChannel({
  type: 'email',
  meaning: 'A mail; all mail of an incident is one thread.',
  fields: {
    to: oneOrSeveral(mailAddress, { what: 'a mail address', max: maxRecipients }).describe(
      'Whom it goes to: one address or several, in one mail.',
    ),
    from: mailAddress.optional().describe('Default: that of `providers.smtp`.'),
  },
  updates: { byDefault: false, meaning: 'Whether acknowledgement and resolution are mailed too.' },
  undoable: true,
  async build({ path, value }, checks) {
    const account = await smtpAccount.need(path, checks);
    if (account === undefined) return undefined;
    const { server, from: usual } = account;
    const { to, from = usual } = value;
    const { host, port } = server;
    return {
      destination: { provider: 'email', server, from, to },
      identity: { to, from, host, port },
    };
  },
});
