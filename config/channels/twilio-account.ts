import { z } from 'zod';
import type { TwilioCredentials } from '../../domain/channel/channel.ts';
import { readSecret } from '../read-secret.ts';
import { phonePattern } from '../schema/contact-fields.ts';
import { filePath, text, url } from '../schema/fields.ts';
import { checkHeaderText, checkOutgoingUrl, secretPath } from './define-channel.ts';
import { defineProvider } from './define-provider.ts';

export interface TwilioAccount {
  readonly credentials: TwilioCredentials;
  readonly from: string;
}

const defaultApiUrl = 'https://api.twilio.com';

/** An alphanumeric sender ID (Twilio): at most 11 characters, one of them a letter. */
export const sender = z
  .string()
  .refine(
    (value) => phonePattern.test(value) || /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/.test(value),
    'must be a number such as +4930123456, or a name of at most 11 letters and digits',
  );

export const twilioAccount = defineProvider({
  name: 'twilio',
  meaning: 'The Twilio account by which SMS are sent and phones are called.',
  fields: {
    account_sid: z
      .string()
      .regex(/^AC[0-9a-fA-F]{32}$/, 'must be "AC" and 32 hexadecimal digits')
      .describe("The account's SID."),
    api_key: z
      .string()
      .regex(/^SK[0-9a-fA-F]{32}$/, 'must be "SK" and 32 hexadecimal digits')
      .optional()
      .describe("An API key's SID, if `auth_token` is the secret of that key."),
    auth_token: text.optional().describe("The account's token. This or `auth_token_file`."),
    auth_token_file: filePath.optional(),
    from: sender.describe('The number that sends and calls, in E.164; for SMS also a name.'),
    api_url: url.optional().describe(`Where the REST API is. Default: \`${defaultApiUrl}\`.`),
  },
  async build({ path, value }, checks): Promise<TwilioAccount | undefined> {
    if (value.api_url !== undefined) checkOutgoingUrl(value.api_url, [...path, 'api_url'], checks);
    const fileValue = value.auth_token_file;
    const authToken = await readSecret(checks, {
      path,
      field: 'auth_token',
      value: value.auth_token,
      fileValue,
    });
    if (authToken === undefined) return undefined;
    checkHeaderText(authToken, secretPath(path, 'auth_token', fileValue), checks);
    const credentials = {
      accountSid: value.account_sid,
      ...(value.api_key !== undefined && { apiKey: value.api_key }),
      authToken,
      apiUrl: (value.api_url ?? defaultApiUrl).replace(/\/+$/, ''),
    };
    return { credentials, from: value.from };
  },
});
