import { z } from 'zod';
import { limits } from '../../domain/limits.ts';
import { channelSchema } from './channels.ts';
import { duration, name, text } from './fields.ts';

export const contactRuleSchema = z.strictObject({
  contact: name.describe('One of the contacts of this user.'),
  after: duration.default('0s').describe("So long after the user's page began, at most 30d."),
});

const contactRules = z
  .array(contactRuleSchema)
  .min(1, 'must have at least one entry')
  .max(limits.maxContactsPerUser, `must have at most ${limits.maxContactsPerUser} entries`)
  .optional();

export const userRulesSchema = z.strictObject({
  high: contactRules.describe('For urgent incidents. Default: those of `low`.'),
  low: contactRules.describe('For the others. Default: those of `high`.'),
});

export const userSchema = z.strictObject({
  timezone: text.default('UTC').describe('Where the user lives, such as `Europe/Berlin`.'),
  contacts: z
    .record(name, channelSchema)
    .refine(
      (contacts) => Object.keys(contacts).length <= limits.maxContactsPerUser,
      `must have at most ${limits.maxContactsPerUser} contacts`,
    )
    .prefault({})
    .describe('Ways to reach the user by name; each is written as a channel is.'),
  rules: userRulesSchema.prefault({}).describe('Which contact is used when. Default: every contact at once.'),
});

export type ContactRuleInput = z.infer<typeof contactRuleSchema>;
