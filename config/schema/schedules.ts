import { z } from 'zod';
import { limits } from '../../domain/limits.ts';
import { weekdays } from '../../domain/people/people.ts';
import { name, text } from './fields.ts';

const timeOfDay = z
  .string()
  .regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time of day such as 09:00');

const rotationReason = 'must be daily, weekly, monthly or { every: … } with hours, days or weeks such as 12h';

const rotation = z.union(
  [
    z.enum(['daily', 'weekly', 'monthly']),
    z.strictObject({ every: z.string().regex(/^[1-9]\d{0,2}[hdw]$/) }),
  ],
  rotationReason,
);

export const restrictionSchema = z
  .strictObject({
    days: z
      .array(z.enum(weekdays))
      .min(1, 'must name at least one day')
      .optional()
      .describe('The days on which it is active. Default: all.'),
    from: timeOfDay.optional().describe('From this time of day on. Default: midnight.'),
    to: timeOfDay
      .optional()
      .describe(
        'Until this time of day; one before `from` is on the next day, and the night belongs to the day on which it began. Default: midnight.',
      ),
  })
  .refine((value) => Object.keys(value).length > 0, 'must have at least one of days, from and to');

export const layerSchema = z.strictObject({
  users: z
    .array(name)
    .min(1, 'must name at least one user')
    .max(limits.maxLayerUsers, `must have at most ${limits.maxLayerUsers} entries`)
    .describe('In the order of their turns.'),
  rotation: rotation.describe(
    "How long a turn is: `daily`, `weekly`, `monthly`, or `{ every: 12h }` with hours, days (`3d`) or weeks (`2w`). Handoffs keep the start's time of day.",
  ),
  start: text.describe("When the first user's turn begins, local date and time such as `2026-01-05T09:00`."),
  end: text.optional().describe('When the layer ends. Default: never.'),
  restrict: restrictionSchema
    .optional()
    .describe('The layer is active within these hours only; turns go on meanwhile.'),
});

export const scheduleSchema = z.strictObject({
  timezone: text.default('UTC').describe('Of all its times, such as `Europe/Berlin`.'),
  layers: z
    .array(layerSchema)
    .min(1, 'must have at least one layer')
    .max(limits.maxLayers, `must have at most ${limits.maxLayers} layers`)
    .describe('From the lowest to the highest: a higher one covers the lower ones while it is active.'),
});

export type LayerInput = z.infer<typeof layerSchema>;
