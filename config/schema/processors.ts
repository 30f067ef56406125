import { z } from 'zod';
import { limits } from '../../domain/limits.ts';
import { severities } from '../../domain/severity.ts';
import {
  byLabel,
  duration,
  labelName,
  labelNames,
  labelValue,
  matchers,
  text,
  wholeNumber,
} from './fields.ts';

const mapSeveritySchema = z.strictObject({
  label: labelName.describe('The label whose value says how severe it is.'),
  values: z
    .record(text, z.enum(severities))
    .refine(
      (values) => Object.keys(values).length <= limits.maxLabels,
      `must have at most ${limits.maxLabels} values`,
    )
    .describe("The label's values, compared without case, and the severity of each."),
  otherwise: z
    .enum(severities)
    .optional()
    .describe('For alerts with another value or without the label. Default: they keep their severity.'),
});

const redactSchema = z.strictObject({
  card_numbers: z
    .boolean()
    .default(false)
    .describe('Numbers of 13 to 19 digits that pass the check of Luhn.'),
  secrets: z.boolean().default(false).describe('Known forms of tokens, passwords and private keys.'),
  patterns: z
    .array(text.max(limits.maxPatternBytes, `must have at most ${limits.maxPatternBytes} characters`))
    .max(limits.maxRedactPatterns, `must have at most ${limits.maxRedactPatterns} patterns`)
    .default([])
    .describe('Regular expressions (RE2) of your own; what they find is replaced.'),
});

const keepReason = 'must be a number from 0 to 1';

const sampleSchema = z.strictObject({
  match: matchers.default([]).describe('Which alerts; none means all. Critical ones are always kept.'),
  keep: z
    .number()
    .min(0, keepReason)
    .max(1, keepReason)
    .describe('The share to keep, from 0 to 1; an alert is kept or dropped by its fingerprint.'),
});

const outlierSchema = z.strictObject({
  value: labelName.describe('The annotation or label that holds the number.'),
  window: wholeNumber(2, limits.maxOutlierWindow)
    .default(100)
    .describe('How many earlier numbers of the same `alertname` it is compared with.'),
  threshold: z
    .number()
    .positive('must be greater than zero')
    .max(100, 'must be at most 100')
    .default(3)
    .describe('Standard deviations from their mean, beyond which the label `outlier="true"` is added.'),
});

const limitSchema = z.strictObject({
  match: matchers.default([]).describe('Which alerts; none means all. Critical ones are always kept.'),
  alerts: wholeNumber(1, limits.maxConfiguredAlerts).describe('How many are kept …'),
  per: duration.describe('… within this time, from 1s to 1d.'),
  by: labelNames.default([]).describe('Counted for each combination of values of these labels.'),
});

/** Each entry of a list of processors has exactly one of these keys. */
export const processorSchemas = {
  add_labels: byLabel(labelValue).describe('Labels to add; one that an alert has already stays as it is.'),
  drop_labels: labelNames.min(1, 'must have at least one label').describe('Labels to take away.'),
  rename_label: z
    .strictObject({ from: labelName.describe('Its name.'), to: labelName.describe('Its new name.') })
    .describe('Gives a label another name.'),
  map_severity: mapSeveritySchema.describe("Translates a label's value into the severity."),
  redact: redactSchema.describe('Replaces what nobody should read by `[redacted]`.'),
  sample: sampleSchema.describe('Keeps a share of what matches.'),
  outlier: outlierSchema.describe('Marks numbers that stand out.'),
  limit: limitSchema.describe('Keeps so many alerts per time.'),
};

export type ProcessorKind = keyof typeof processorSchemas;
export const processorKinds = Object.keys(processorSchemas) as ProcessorKind[];

export const processorSchema = z
  .strictObject(processorSchemas)
  .partial()
  .refine(
    (entry) => Object.keys(entry).length === 1,
    `must have exactly one of ${processorKinds.join(', ')}`,
  );

export const processorsSchema = z
  .array(processorSchema)
  .max(limits.maxProcessors, `must have at most ${limits.maxProcessors} processors`);

export type ProcessorInput = z.infer<typeof processorSchema>;
