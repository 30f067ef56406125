import { z } from 'zod';
import { durationPattern } from '../domain/duration.ts';
import { limits } from '../domain/limits.ts';

/** Names become parts of workflow ids, metrics and URLs, so they stay plain and short. */
export const namePattern = /^[A-Za-z0-9_.-]+$/;

const nameReason = `must be 1 to ${limits.maxNameBytes} letters, digits, "_", "." or "-"`;

const tooMany = `must have at most ${limits.maxConfigEntries} entries`;

const name = z.string().max(limits.maxNameBytes, nameReason).regex(namePattern, nameReason);
const text = z.string().min(1, 'must not be empty');
const url = text.max(limits.maxUrlLength, `must have at most ${limits.maxUrlLength} characters`);
const duration = z.string().regex(durationPattern, 'must be a duration such as 500ms, 30s, 5m, 4h or 7d');
const filePath = text.describe('A file whose content is the value, without its last newline.');
const updates = z.boolean().optional();

export const sourceSchema = z.strictObject({
  name: name.describe('Shown in logs, metrics and the timeline.'),
  type: z.literal('alertmanager').describe('The format of what it sends: Alertmanager webhook version 4.'),
  tenant: name.default('default').describe('Whose alerts these are.'),
  key: text
    .optional()
    .describe(
      `The secret part of its URL, ${limits.minKeyLength} to ${limits.maxKeyLength} letters, digits, \`_\`, \`.\`, \`~\` or \`-\`. This or \`key_file\`.`,
    ),
  key_file: filePath.optional(),
});

export const routeSchema = z.strictObject({
  name: name.optional().describe('Default: a hash of `match` and `group_by`. Part of the workflow id.'),
  match: z
    .array(text)
    .max(limits.maxLabels, `must have at most ${limits.maxLabels} matchers`)
    .default([])
    .describe(
      'Matchers in the syntax of Alertmanager; all of them must match. Only the last route has none.',
    ),
  group_by: z
    .array(text)
    .max(limits.maxLabels, `must have at most ${limits.maxLabels} labels`)
    .default([])
    .describe(
      "Alerts with equal values of these labels share an incident. `['...']` means all labels; empty means one incident for the whole route.",
    ),
  policy: name.describe('Which policy escalates.'),
});

export const stepSchema = z.strictObject({
  notify: z
    .array(text)
    .min(1, 'must name at least one target')
    .max(limits.maxTargetsPerStep, `must have at most ${limits.maxTargetsPerStep} targets`)
    .describe('Targets, each `channel:NAME`.'),
  wait: duration.describe("From this step's start to the next one's, at most 30d."),
});

const repeatReason = `must be a whole number from 0 to ${limits.maxRepeats}`;

export const policySchema = z.strictObject({
  repeat: z
    .number()
    .int(repeatReason)
    .min(0, repeatReason)
    .max(limits.maxRepeats, repeatReason)
    .default(0)
    .describe('How many rounds follow the first one while nobody acknowledges.'),
  steps: z
    .array(stepSchema)
    .min(1, 'must have at least one step')
    .max(limits.maxPolicySteps, `must have at most ${limits.maxPolicySteps} steps`)
    .describe('In the order in which they are taken.'),
});

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
  allow_private: z
    .array(text)
    .max(limits.maxConfigEntries, tooMany)
    .default([])
    .describe('CIDR ranges of private addresses that pages may go to, also over plain http.'),
});

function named<T extends z.ZodType>(schema: T) {
  return z
    .record(name, schema)
    .refine((entries) => Object.keys(entries).length <= limits.maxConfigEntries, tooMany);
}

/** The whole of `tocsin.yml`; what it says of references between its parts is checked after it. */
export const configSchema = z.strictObject({
  version: z.literal(1).describe('The version of this format.'),
  listen: z.string().default('127.0.0.1:8080').describe('Where the HTTP server listens: `host:port`.'),
  public_url: url
    .optional()
    .describe('How people reach the server; links in pages start with it. Default: `http://` and `listen`.'),
  sources: z
    .array(sourceSchema)
    .min(1, 'must have at least one source')
    .max(limits.maxConfigEntries, tooMany)
    .describe('Who may send alerts.'),
  routes: z
    .array(routeSchema)
    .min(1, 'must have at least one route, the last one without `match`')
    .max(limits.maxConfigEntries, tooMany)
    .describe('Which policy handles an alert; the first match wins.'),
  policies: named(policySchema).describe('Escalation policies by name.'),
  channels: named(channelSchema).describe('Destinations by name.'),
  outbound: outboundSchema.prefault({}).describe('What outgoing requests may reach.'),
});

export type SourceInput = z.infer<typeof sourceSchema>;
export type RouteInput = z.infer<typeof routeSchema>;
export type StepInput = z.infer<typeof stepSchema>;
export type ChannelInput = z.infer<typeof channelSchema>;
