import { z } from 'zod';
import type { MailServer } from '../../domain/channel/channel.ts';
import { outgoingUrlFault } from '../check-url.ts';
import type { Entry } from '../entries.ts';
import { readSecret } from '../read-secret.ts';
import { mailAddress } from '../schema/contact-fields.ts';
import { filePath, text, wholeNumber } from '../schema/fields.ts';
import type { ChannelChecks } from './define-channel.ts';
import { defineProvider } from './define-provider.ts';

export interface SmtpAccount {
  readonly server: MailServer;
  readonly from: string;
}

const hostReason = 'must be the name or the address of a host';

const fields = {
  host: text
    .max(253, hostReason)
    .regex(/^[A-Za-z0-9._:-]+$/, hostReason)
    .describe('The mail server, by name or address.'),
  port: wholeNumber(1, 65_535).optional().describe('Default: 587, or 465 where `tls` is `implicit`.'),
  tls: z
    .enum(['implicit', 'starttls', 'none'])
    .optional()
    .describe(
      'From the first byte, by STARTTLS, without which nothing is sent, or none, for addresses that `outbound.allow_private` lists. Default: `implicit` on port 465, else `starttls`.',
    ),
  user: text.optional().describe('Who logs in; left out, nobody does.'),
  password: text.optional().describe('With `user`: this or `password_file`.'),
  password_file: filePath.optional(),
  from: mailAddress.describe('The address that mail comes from; its host also stands in Message-IDs.'),
};

export const smtpAccount = defineProvider({
  name: 'smtp',
  meaning: 'The mail server that channels of type `email` send by.',
  fields,
  build: async ({ path, value }, checks): Promise<SmtpAccount | undefined> => {
    const tls = value.tls ?? (value.port === 465 ? 'implicit' : 'starttls');
    const port = value.port ?? (tls === 'implicit' ? 465 : 587);
    checkHost({ host: value.host, tls }, [...path, 'host'], checks);
    const login = await readLogin({ path, value }, checks);
    if (login === undefined) return undefined;
    return { server: { host: value.host, port, tls, ...login }, from: value.from };
  },
});

/** Names are judged when they are resolved; a literal address can be judged at once. */
function checkHost(
  { host, tls }: Pick<MailServer, 'host' | 'tls'>,
  path: Entry<unknown>['path'],
  { findings, allowPrivate }: ChannelChecks,
): void {
  const authority = host.includes(':') ? `[${host}]` : host;
  const fault = outgoingUrlFault(`${tls === 'none' ? 'http' : 'https'}://${authority}/`, allowPrivate);
  if (fault === undefined) return;
  if (fault === 'is not a valid URL') findings.error(path, hostReason);
  else if (fault.startsWith('must start with https')) {
    findings.error(path, 'without TLS mail goes only to addresses that outbound.allow_private lists');
  } else findings.error(path, fault);
}

type Login = Pick<MailServer, 'user' | 'password'>;

async function readLogin(
  {
    path,
    value,
  }: Pick<
    Entry<{ user?: string | undefined; password?: string | undefined; password_file?: string | undefined }>,
    'path' | 'value'
  >,
  checks: ChannelChecks,
): Promise<Login | undefined> {
  const { user, password: written, password_file: fileValue } = value;
  if (user === undefined) {
    if (written === undefined && fileValue === undefined) return {};
    checks.findings.error([...path, 'user'], 'is missing beside the password');
    return undefined;
  }
  const password = await readSecret(checks, { path, field: 'password', value: written, fileValue });
  return password === undefined ? undefined : { user, password };
}
