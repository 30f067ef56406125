import { z } from 'zod';
import { channelSchema, outboundSchema, providersSchema } from './schema/channels.ts';
import { duration, list, named, rateSchema, url } from './schema/fields.ts';
import { policySchema, targets } from './schema/policies.ts';
import { processorsSchema } from './schema/processors.ts';
import { flappingSchema, inhibitSchema, suppressSchema } from './schema/quieting.ts';
import { routesSchema } from './schema/routes.ts';
import { scheduleSchema } from './schema/schedules.ts';
import { sourceSchema } from './schema/sources.ts';
import { timeIntervalSchema } from './schema/time-intervals.ts';
import { userSchema } from './schema/users.ts';

export const admissionSchema = z.strictObject({
  per_tenant: rateSchema
    .optional()
    .describe('What all sources of one tenant may send together. Default: no limit.'),
});

export const retentionSchema = z.strictObject({
  archive_after: duration
    .optional()
    .describe(
      'Alerts and incidents that are over for so long move to the archive; at least 1h. Default: never.',
    ),
});

/** The whole of `tocsin.yml`; what it says of references between its parts is checked after it. */
export const configSchema = z.strictObject({
  version: z.literal(1).describe('The version of this format.'),
  listen: z.string().default('127.0.0.1:8080').describe('Where the HTTP server listens: `host:port`.'),
  public_url: url
    .optional()
    .describe('How people reach the server; links in pages start with it. Default: `http://` and `listen`.'),
  sources: list(sourceSchema).min(1, 'must have at least one source').describe('Who may send alerts.'),
  processors: processorsSchema
    .default([])
    .describe(
      "What changes or drops alerts before anything is decided, of all sources, before each source's own.",
    ),
  time_intervals: named(timeIntervalSchema).prefault({}).describe('Recurring spans of time by name.'),
  routes: routesSchema.describe('Which policy handles an alert; the first match wins.'),
  inhibit: list(inhibitSchema)
    .default([])
    .describe('Alerts that are quiet while a more important one fires.'),
  suppress: list(suppressSchema)
    .default([])
    .describe('Alerts that are quiet by a rule; the first that holds counts.'),
  flapping: list(flappingSchema)
    .default([])
    .describe('Alerts that come and go; the first rule that matches counts.'),
  policies: named(policySchema).describe('Escalation policies by name.'),
  fallback: targets
    .optional()
    .describe(
      'Channels that are paged when a policy without `on_exhausted` has come to its end or finds nobody. Default: none.',
    ),
  users: named(userSchema).prefault({}).describe('People who can be paged, by name.'),
  schedules: named(scheduleSchema).prefault({}).describe('Who is on call when, by name.'),
  channels: named(channelSchema).describe('Destinations by name.'),
  providers: providersSchema.prefault({}).describe('Accounts that channels share.'),
  admission: admissionSchema.prefault({}).describe('How much is taken in.'),
  retention: retentionSchema.prefault({}).describe('How long things are kept where they are.'),
  outbound: outboundSchema.prefault({}).describe('What outgoing requests may reach.'),
});
