import type { Entry } from '../entries.ts';
import { readSecret } from '../read-secret.ts';
import { filePath, text, url } from '../schema/fields.ts';
import { type ChannelChecks, checkOutgoingUrl, secretPath } from './define-channel.ts';
import { defineProvider } from './define-provider.ts';

export interface TelegramAccount {
  readonly token: string;
  readonly apiUrl: string;
}

const defaultApiUrl = 'https://api.telegram.org';

/** Stand under `providers.telegram`, and on a channel that has a bot of its own. */
export const telegramTokenFields = {
  token: text.optional().describe("The bot's token. This or `token_file`."),
  token_file: filePath.optional(),
};

export const telegramAccount = defineProvider({
  name: 'telegram',
  meaning: 'The bot that channels of type `telegram` send by.',
  fields: {
    ...telegramTokenFields,
    api_url: url.optional().describe(`Where the Bot API is. Default: \`${defaultApiUrl}\`.`),
  },
  async build({ path, value }, checks): Promise<TelegramAccount | undefined> {
    if (value.api_url !== undefined) checkOutgoingUrl(value.api_url, [...path, 'api_url'], checks);
    const token = await readTelegramToken({ path, value }, checks);
    return token === undefined
      ? undefined
      : { token, apiUrl: (value.api_url ?? defaultApiUrl).replace(/\/+$/, '') };
  },
});

interface TokenFields {
  readonly token?: string | undefined;
  readonly token_file?: string | undefined;
}

/** It is a part of an address, so nothing in it may end that part. */
export async function readTelegramToken(
  { path, value }: Pick<Entry<TokenFields>, 'path' | 'value'>,
  checks: ChannelChecks,
): Promise<string | undefined> {
  const fileValue = value.token_file;
  const token = await readSecret(checks, { path, field: 'token', value: value.token, fileValue });
  if (token === undefined || /^[\w:-]+$/.test(token)) return token;
  checks.findings.error(
    secretPath(path, 'token', fileValue),
    'must have only letters, digits, ":", "_" and "-"',
  );
  return undefined;
}
