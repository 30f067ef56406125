import { z } from 'zod';
import { defineChannel } from './define-channel.ts';
import { readTelegramToken, telegramAccount, telegramTokenFields } from './telegram-account.ts';

const chatReason = 'must be the id of a chat such as -1001234567890, or "@name" of a public channel';

const chat = z
  .union([z.int(), z.string()], chatReason)
  .transform(String)
  .refine((value) => /^-?[1-9]\d{0,15}$|^@[A-Za-z]\w{3,31}$/.test(value), chatReason);

export const telegramChannel = defineChannel({
  type: 'telegram',
  meaning: 'A message by a Telegram bot, edited in place when the incident changes.',
  fields: {
    chat: chat.describe('The id of the chat, such as `-1001234567890`, or `"@name"` of a public channel.'),
    token: telegramTokenFields.token.describe(
      "A bot's token, if it is not that of `providers.telegram`. This or `token_file`.",
    ),
    token_file: telegramTokenFields.token_file,
  },
  updates: { byDefault: true, meaning: 'Whether the message follows the incident.' },
  undoable: true,
  async build({ path, value }, checks) {
    const account = await telegramAccount.read(checks);
    const hasOwn = value.token !== undefined || value.token_file !== undefined;
    const token = hasOwn ? await readTelegramToken({ path, value }, checks) : account?.token;
    if (!hasOwn && !telegramAccount.isGiven(checks)) {
      checks.findings.error(path, 'needs a token, here or in providers.telegram');
    }
    if (token === undefined) return undefined;
    const apiUrl = account?.apiUrl ?? 'https://api.telegram.org';
    return {
      destination: { provider: 'telegram', token, chat: value.chat, apiUrl },
      identity: { chat: value.chat },
    };
  },
});
