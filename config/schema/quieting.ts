import { z } from 'zod';
import { limits } from '../../domain/limits.ts';
import { duration, labelNames, matchers, name, nameList, someMatchers, text, wholeNumber } from './fields.ts';

const ruleName = name
  .optional()
  .describe('Shown with the alerts that it quiets. Default: a hash of what the rule says.');

export const inhibitSchema = z.strictObject({
  name: ruleName,
  source: someMatchers.describe('While an alert fires that matches these …'),
  target: someMatchers.describe('… alerts that match these are quiet …'),
  equal: labelNames
    .default([])
    .describe('… if both have the same values of these labels. One that is absent counts as empty.'),
});

export const suppressRateSchema = z.strictObject({
  limit: wholeNumber(1, limits.maxConfiguredAlerts).describe('What exceeds so many alerts …'),
  per: duration.describe('… within this time, from 1s to 1d, is quiet.'),
  by: labelNames.default([]).describe('Counted for each combination of values of these labels.'),
});

export type SuppressRateInput = z.infer<typeof suppressRateSchema>;

export const suppressSchema = z
  .strictObject({
    name: ruleName,
    match: matchers.default([]).describe('Matchers that must all match.'),
    when: text
      .optional()
      .describe('A condition over labels: matchers with `and`, `or`, `not` and parentheses.'),
    during: nameList
      .min(1, 'must name at least one time interval')
      .optional()
      .describe('Time intervals during which the rule is in force. Default: always.'),
    rate: suppressRateSchema.optional().describe('Only what exceeds a rate is quiet. Default: all of it.'),
  })
  .refine(
    ({ match, when, during, rate }) =>
      match.length > 0 || when !== undefined || during !== undefined || rate !== undefined,
    'would quiet every alert at all times; give match, when, during or rate',
  );

export const flappingSchema = z.strictObject({
  name: ruleName,
  match: matchers.default([]).describe('Which alerts are watched; none means all.'),
  changes: wholeNumber(2, limits.maxFlapChanges)
    .default(4)
    .describe('An alert that fired or cleared so often …'),
  within: duration.default('60m').describe('… within this time, from 1s to 1d, flaps: it pages once more.'),
  hold: duration
    .default('120m')
    .describe('Then it is quiet for so long, from 1s to 7d, or until it has become stable.'),
});
