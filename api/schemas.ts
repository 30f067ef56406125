import { z } from 'zod';
import { limits } from '../domain/limits.ts';
import { severities } from '../domain/severity.ts';

/** The one description of what the API takes: made into JSON schema for ajv and for the OpenAPI document. */
export const states = ['open', 'acknowledged', 'snoozed', 'resolved'] as const;

const by = z
  .string()
  .min(1)
  .max(limits.maxActorBytes)
  .describe(`Who does it: a name of at most ${limits.maxActorBytes} bytes, without control characters.`);

export const commandSchemas = {
  acknowledge: z.strictObject({ by }),
  resolve: z.strictObject({ by }),
  escalate: z.strictObject({ by }),
  snooze: z
    .strictObject({
      by,
      for: z.string().max(16).optional().describe('How long, such as `30m`. Either this or `until`.'),
      until: z
        .string()
        .max(40)
        .optional()
        .describe('Until when: RFC 3339, such as `2026-01-05T09:00:00Z`. Either this or `for`.'),
    })
    .describe('Exactly one of `for` and `until` must be there; at most seven days.'),
  reassign: z.strictObject({
    by,
    to: z
      .array(z.string().min(1).max(256))
      .min(1)
      .max(limits.maxTargetsPerStep)
      .describe('Whom to page instead, such as `channel:ops`.'),
  }),
  note: z.strictObject({
    by,
    text: z.string().min(1).max(limits.maxNoteBytes).describe(`At most ${limits.maxNoteBytes} bytes.`),
  }),
} as const;

export type CommandName = keyof typeof commandSchemas;
export type CommandBody<N extends CommandName> = z.infer<(typeof commandSchemas)[N]>;

const paging = {
  q: z.string().max(limits.maxQueryTextBytes).optional().describe('Text to search for.'),
  cursor: z.string().max(limits.maxCursorLength).optional().describe('`next_cursor` of the page before.'),
  limit: z.int().min(1).max(limits.maxPageSize).default(50).describe('Items of one page.'),
};

export const incidentListQuery = z.strictObject({
  state: z.enum(states).optional(),
  severity: z.enum(severities).optional(),
  ...paging,
});

export const alertListQuery = z.strictObject({
  status: z.enum(['firing', 'resolved']).optional(),
  severity: z.enum(severities).optional(),
  ...paging,
});

export const versionQuery = z.strictObject({
  min_version: z
    .int()
    .min(0)
    .max(2_147_483_647)
    .optional()
    .describe('The version that a command answered with: the answer shows it, even where views lag.'),
});

export type IncidentListFields = z.infer<typeof incidentListQuery>;
export type AlertListFields = z.infer<typeof alertListQuery>;
export type VersionFields = z.infer<typeof versionQuery>;

/** Answers, as far as callers may rely on them; there may be more fields. */
export const answerSchemas = {
  Incident: z.looseObject({
    id: z.uuid(),
    state: z.enum(states),
    version: z.int().min(0),
    title: z.string(),
    severity: z.enum(severities),
    openedAt: z.iso.datetime(),
  }),
  CommandResult: z.strictObject({
    state: z.enum(states),
    version: z.int().min(0).describe('Ask for it as `min_version` to see what the command did.'),
  }),
  Accepted: z.looseObject({
    accepted: z.int().min(0),
    duplicates: z.int().min(0).describe('Unchanged repeats.'),
    dropped: z
      .array(z.looseObject({ index: z.int().min(0), reason: z.string() }))
      .describe('What came too late to matter.'),
    rejected: z.array(z.looseObject({ index: z.int().min(0), path: z.string(), reason: z.string() })),
  }),
  Page: z.strictObject({
    items: z.array(z.looseObject({})),
    next_cursor: z.string().nullable(),
  }),
  Alive: z.strictObject({ alive: z.literal(true) }),
  Readiness: z.strictObject({
    ready: z.boolean(),
    degraded: z.array(z.string()),
    parts: z.record(z.string(), z.enum(['ok', 'degraded', 'down', 'off'])),
  }),
  Problem: z.looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('Stable: the list is docs/reference/errors.md.'),
    detail: z.string().optional(),
    path: z.string().optional().describe('JSON pointer to what is wrong in the input.'),
    request_id: z.string().optional(),
  }),
} as const;
