import { z } from 'zod';
import { limits } from '../../domain/limits.ts';
import { severities } from '../../domain/severity.ts';
import { sourceTypes } from '../../domain/source/source-type.ts';
import { validationModes } from '../../domain/source/validation-mode.ts';
import { duration, filePath, matchers, name, rateSchema, text } from './fields.ts';
import { mappingSchema } from './mapping.ts';
import { processorsSchema } from './processors.ts';

const header = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,64}$/, 'must be the name of a header: 1 to 64 letters, digits or "-"');

export const signatureSchema = z.strictObject({
  secret: text.optional().describe(`What the sender signs with, at least ${limits.minKeyLength} characters.`),
  secret_file: filePath.optional(),
  secrets: z
    .array(text)
    .min(1, 'must have at least one secret')
    .max(limits.maxSignatureSecrets, `must have at most ${limits.maxSignatureSecrets} secrets`)
    .optional()
    .describe(
      'Several during a rotation; any of them may have signed. Exactly one of the three must be given.',
    ),
  header: header.default('X-Grafana-Alerting-Signature').describe('The header that carries the signature.'),
  timestamp_header: header
    .optional()
    .describe('The header that carries the time, where the sender signs one too.'),
});

export const heartbeatSchema = z.strictObject({
  every: duration.describe('The source must be heard from at least so often; from 5s to 30d.'),
  severity: z.enum(severities).default('critical').describe('Of the alert that its silence raises.'),
  match: matchers
    .default([])
    .describe('Only alerts that match count, and they page nobody. Default: any request counts.'),
});

const ownFields = {
  name: name.describe('Shown in logs, metrics and the timeline.'),
  type: z
    .enum(sourceTypes)
    .describe("The format of what it sends. `alertmanager` takes the webhook and Alertmanager's own API."),
  tenant: name.default('default').describe('Whose alerts these are.'),
  key: text
    .optional()
    .describe(
      `The secret part of its URL, ${limits.minKeyLength} to ${limits.maxKeyLength} letters, digits, \`_\`, \`.\`, \`~\` or \`-\`. This or \`key_file\`.`,
    ),
  key_file: filePath.optional(),
  validation: z
    .enum(validationModes)
    .default('lenient')
    .describe(
      '`strict` refuses any unknown or wrong field, `lenient` keeps unknown ones, `coercive` also converts wrong types where nothing is lost.',
    ),
  resolve_timeout: duration
    .default('5m')
    .describe(
      "When an alert that names no end is over unless it is repeated, for Alertmanager's API; from 1s to 30d.",
    ),
};

export const sourceSchema = z.strictObject({
  ...ownFields,
  signature: signatureSchema
    .optional()
    .describe('How its requests are signed, for `grafana`. Default: the key alone speaks for it.'),
  mapping: mappingSchema
    .optional()
    .describe('Where the parts of an alert stand, for `generic`. Default: the usual names.'),
  processors: processorsSchema.default([]).describe('Applied after those for all sources.'),
  heartbeat: heartbeatSchema.optional().describe('Its silence raises an alert. Default: it may be silent.'),
  rate_limit: rateSchema.optional().describe('How much it may send. Default: no limit.'),
});

/** A source whose larger parts are looked at one by one, so that a fault in one hides none in the others. */
export const sourceEntrySchema = z.strictObject({
  ...ownFields,
  signature: z.unknown().optional(),
  mapping: z.unknown().optional(),
  processors: z.unknown().optional(),
  heartbeat: z.unknown().optional(),
  rate_limit: z.unknown().optional(),
});

export type SourceInput = z.infer<typeof sourceEntrySchema>;
export type SignatureInput = z.infer<typeof signatureSchema>;
