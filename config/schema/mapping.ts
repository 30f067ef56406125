import { z } from 'zod';
import { limits } from '../../domain/limits.ts';
import { severities } from '../../domain/severity.ts';
import { byLabel } from './fields.ts';

const tooLong = `must have at most ${limits.maxMappingTextLength} characters`;
const word = z.string().max(limits.maxMappingTextLength, tooLong);
const words = z.array(word).max(limits.maxLabels, `must have at most ${limits.maxLabels} words`);

/** RFC 6901; the empty pointer, which is the whole, is of no use here. */
const pointer = z
  .string()
  .max(limits.maxMappingTextLength, tooLong)
  .regex(/^(?:\/(?:[^~/]|~[01])*)+$/, 'must be a JSON pointer such as /labels/host');

export const statusMappingSchema = z.strictObject({
  path: pointer.describe('Where the word stands.'),
  firing: words
    .min(1, 'must have at least one word')
    .default(['firing'])
    .describe('Words, compared without case, that mean that the alert fires.'),
  resolved: words
    .default(['resolved'])
    .describe('Words that mean that it is over. An alert with any other word is refused.'),
});

export const severityMappingSchema = z.strictObject({
  path: pointer.describe('Where the word stands.'),
  values: z
    .record(word, z.enum(severities))
    .refine(
      (values) => Object.keys(values).length <= limits.maxLabels,
      `must have at most ${limits.maxLabels} values`,
    )
    .prefault({})
    .describe("The sender's words, compared without case, and the severity that each means."),
});

/** Where a source of type `generic` finds the parts of an alert; every path but the first starts at one alert. */
export const mappingSchema = z.strictObject({
  alerts: pointer
    .optional()
    .describe('The list of alerts in the body. Default: the body is one alert, or a list of them.'),
  status: statusMappingSchema.optional().describe('Whether it fires. Default: every alert does.'),
  severity: severityMappingSchema.optional().describe('How severe it is. Default: by the label `severity`.'),
  fingerprint: z
    .array(pointer)
    .max(limits.maxLabels, `must have at most ${limits.maxLabels} paths`)
    .default([])
    .describe('What names the alert, together. Default: its labels do.'),
  starts_at: pointer.optional().describe('When it began. Default: when it arrived.'),
  ends_at: pointer.optional().describe('When it ended.'),
  url: pointer.optional().describe('A link to where it came from.'),
  all_labels: pointer.optional().describe('An object whose members all become labels.'),
  labels: byLabel(pointer).prefault({}).describe('Single labels by name.'),
  all_annotations: pointer.optional().describe('An object whose members all become annotations.'),
  annotations: byLabel(pointer).prefault({}).describe('Single annotations by name.'),
});

export type MappingInput = z.infer<typeof mappingSchema>;
