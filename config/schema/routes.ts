import { z } from 'zod';
import { limits } from '../../domain/limits.ts';
import { duration, labelNames, list, matchers, name, nameList, wholeNumber } from './fields.ts';

export const stormSchema = z.strictObject({
  threshold: wholeNumber(1, limits.maxConfiguredAlerts).describe(
    'More new incidents of the route than this …',
  ),
  within: duration.describe(
    '… within this time, from 1s to 1d: one incident collects what comes after them.',
  ),
  wait: duration.default('5s').describe('How long that incident gathers alerts before it pages, at most 1h.'),
});

const ownFields = {
  name: name
    .optional()
    .describe('Default: a hash of the matchers on its path and `group_by`. Part of the workflow id.'),
  match: matchers
    .default([])
    .describe(
      'Matchers in the syntax of Alertmanager; all of them must match. Only the last route of the file has none.',
    ),
  group_by: labelNames
    .optional()
    .describe(
      "Alerts with equal values of these labels share an incident. `['...']` means all labels; empty means one incident for the whole route. Inherited; default: empty.",
    ),
  group_wait: duration
    .optional()
    .describe(
      'How long a new incident gathers alerts before its first page, at most 1h. Inherited; default: `0s`.',
    ),
  policy: name
    .optional()
    .describe('Which policy escalates. Inherited; a route of the first level must name one.'),
  mute: nameList
    .optional()
    .describe('Time intervals during which it pages nobody. Inherited; default: none.'),
  active: nameList
    .optional()
    .describe('Time intervals outside of which it pages nobody. Inherited; default: always active.'),
  continue: z.boolean().default(false).describe('Whether the routes after it are tried too when it matches.'),
};

const innerFields = {
  storm: stormSchema.optional().describe('One incident instead of thousands. Default: no protection.'),
};

/** One route with what is below it. */
export const routeSchema = z.strictObject({
  ...ownFields,
  ...innerFields,
  get routes(): z.ZodType {
    return z
      .array(routeSchema)
      .max(limits.maxConfigEntries, `must have at most ${limits.maxConfigEntries} entries`)
      .default([])
      .describe('Tried in order for what this route matches; where none matches, it takes the alert itself.');
  },
});

/** A route whose larger parts are looked at one by one, so that a fault in one hides none in the others. */
export const routeEntrySchema = z.strictObject({
  ...ownFields,
  storm: z.unknown().optional(),
  routes: z.unknown().optional(),
});

export const routesSchema = list(routeSchema).min(
  1,
  'must have at least one route, the last one without `match`',
);

export type RouteInput = z.infer<typeof routeEntrySchema>;
