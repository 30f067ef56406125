import { z } from 'zod';
import { limits } from '../../domain/limits.ts';
import { filePath, list, text, url } from './fields.ts';

const updates = z.boolean().optional();

const webhookSchema = z.strictObject({
  type: z.literal('webhook').describe('A POST signed as Standard Webhooks.'),
  url: url.describe('Where to post; https, unless `outbound.allow_private` lists the address.'),
  secret: text
    .optional()
    .describe(
      `Signs each request: \`whsec_\` and base64, or plain text of at least ${limits.minKeyLength} characters.`,
    ),
  secret_file: filePath.optional(),
  secrets: z
    .array(text)
    .min(1, 'must have at least one secret')
    .max(limits.maxWebhookSecrets, `must have at most ${limits.maxWebhookSecrets} secrets`)
    .optional()
    .describe('Several secrets during a rotation; each signs. Exactly one of the three must be given.'),
  updates: updates.describe('Whether it hears of acknowledgement and resolution too. Default: false.'),
});

const slackSchema = z.strictObject({
  type: z.literal('slack').describe('A message, edited in place when the incident changes.'),
  token: text.optional().describe("The bot's token. This or `token_file`."),
  token_file: filePath.optional(),
  channel: text.describe("The channel's id, such as `C0123456`."),
  api_url: url.optional().describe('Where the Web API is. Default: `https://slack.com/api`.'),
  updates: updates.describe('Whether the message follows the incident. Default: true.'),
});

const consoleSchema = z.strictObject({
  type: z.literal('console').describe('One line on the standard output of the worker.'),
  updates: updates.describe('Whether it prints acknowledgement and resolution too. Default: true.'),
});

export const channelSchemas = { webhook: webhookSchema, slack: slackSchema, console: consoleSchema };
export const channelSchema = z.discriminatedUnion('type', [webhookSchema, slackSchema, consoleSchema]);

export const outboundSchema = z.strictObject({
  allow_private: list(text)
    .default([])
    .describe('CIDR ranges of private addresses that pages may go to, also over plain http.'),
});

export type ChannelInput = z.infer<typeof channelSchema>;
