import { z } from 'zod';
import { limits } from '../../domain/limits.ts';
import { text } from './fields.ts';

const ranges = z
  .array(text.max(64, 'must have at most 64 characters'))
  .min(1, 'must have at least one range')
  .max(limits.maxTimeConditions, `must have at most ${limits.maxTimeConditions} ranges`)
  .optional();

export const timeConditionsSchema = z
  .strictObject({
    times: ranges.describe(
      'Times of day such as `09:00-17:00`; the end is not part of it, `24:00` is midnight.',
    ),
    weekdays: ranges.describe('Days such as `saturday` or `monday:friday`; the week begins on Sunday.'),
    days_of_month: ranges.describe("Days such as `1:5`, or from the month's end: `-1` is its last day."),
    months: ranges.describe('Months by name or number, such as `december` or `1:3`.'),
    years: ranges.describe('Years such as `2026` or `2026:2027`.'),
  })
  .refine(
    (conditions) => Object.keys(conditions).length > 0,
    'must have at least one of times, weekdays, days_of_month, months and years',
  );

export const timeIntervalSchema = z.strictObject({
  timezone: text.default('UTC').describe('Where its times are meant, such as `Europe/Berlin`.'),
  intervals: z
    .array(timeConditionsSchema)
    .min(1, 'must have at least one entry')
    .max(limits.maxTimeConditions, `must have at most ${limits.maxTimeConditions} entries`)
    .describe('It is active while any of them holds; within one, each key that is there must hold.'),
});

export type TimeConditionsInput = z.infer<typeof timeConditionsSchema>;
