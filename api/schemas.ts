import { z } from 'zod';
import { limits } from '../domain/limits.ts';
import { severities } from '../domain/severity.ts';
import { deliveryStates } from '../views/delivery-view.ts';

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
      .describe('Whom to page instead, such as `channel:ops`, `user:amy` or `schedule:payments`.'),
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

const configProblem = z.strictObject({
  file: z.string(),
  line: z.int().min(0).describe('From 1; 0 where no line is meant.'),
  column: z.int().min(0),
  path: z.string().describe('Where in the document, such as `routes[0].policy`.'),
  reason: z.string(),
});

const describedTarget = z.looseObject({ target: z.string(), provider: z.string().optional() });

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
  Retried: z.strictObject({
    retried: z.int().min(0).describe('Events that went on.'),
    parked: z.int().min(0).describe('Events that are still set aside.'),
    next_cursor: z.string().nullable(),
  }),
  Silence: z.looseObject({
    id: z.uuid(),
    status: z.enum(['pending', 'active', 'expired']),
    matchers: z.array(z.string()),
    startsAt: z.iso.datetime(),
    endsAt: z.iso.datetime(),
    createdBy: z.string(),
    comment: z.string(),
  }),
  Schedule: z.looseObject({
    name: z.string(),
    timezone: z.string(),
    layers: z.array(z.looseObject({ users: z.array(z.string()), start: z.string() })),
  }),
  Override: z.looseObject({
    id: z.uuid(),
    schedule: z.string(),
    user: z.string(),
    status: z.enum(['pending', 'active', 'ended']),
    start: z.iso.datetime(),
    end: z.iso.datetime(),
    createdAt: z.iso.datetime(),
    createdBy: z.string(),
  }),
  Delivery: z.looseObject({
    key: z.string().describe('Of the notification, for life.'),
    incidentId: z.uuid(),
    kind: z.string(),
    target: z.string(),
    channel: z.string(),
    provider: z.string(),
    state: z.enum(deliveryStates),
    reason: z.string().optional().describe('Why it was given up or withdrawn.'),
    attempts: z.int().min(0),
    requestedAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    tries: z
      .array(
        z.looseObject({
          at: z.iso.datetime(),
          attempt: z.int(),
          outcome: z.enum(['delivered', 'retry', 'rejected', 'unknown']),
          durationMs: z.number(),
        }),
      )
      .optional()
      .describe('Each attempt with what the provider answered; of a single delivery only.'),
  }),
  Redelivered: z.strictObject({
    redelivered: z.int().min(0).describe('Dead letters whose incidents were asked to send them again.'),
    next_cursor: z.string().nullable(),
  }),
  TestPages: z.strictObject({
    items: z.array(
      z.looseObject({
        channel: z.string(),
        provider: z.string(),
        outcome: z.enum(['delivered', 'retry', 'rejected', 'unknown', 'unanswered']),
        reason: z.string().optional(),
        ms: z.number().describe('Until the provider had answered.'),
      }),
    ),
  }),
  Page: z.strictObject({
    items: z.array(z.looseObject({})),
    next_cursor: z.string().nullable(),
  }),
  RouteTest: z.looseObject({
    configVersion: z.int().min(0),
    at: z.iso.datetime(),
    alerts: z.array(
      z.looseObject({
        index: z.int().min(0),
        dropped: z.string().nullable().describe('Why a processor would drop it.'),
        incidents: z.array(
          z.looseObject({
            route: z.string(),
            path: z
              .array(z.looseObject({ route: z.string(), match: z.array(z.string()) }))
              .describe('From the top-level route down to this one.'),
            groupLabels: z.record(z.string(), z.string()),
            workflowId: z.string(),
            pages: z.boolean(),
            quieting: z.array(z.looseObject({ kind: z.string(), rule: z.string() })),
            policy: z.looseObject({ name: z.string(), steps: z.array(z.looseObject({})) }),
          }),
        ),
      }),
    ),
    rejected: z.array(z.looseObject({ index: z.int().min(0), path: z.string(), reason: z.string() })),
    omitted: z.int().min(0),
  }),
  Policy: z.looseObject({
    name: z.string(),
    configVersion: z.int().min(0),
    repeat: z.int().min(0).describe('Rounds after the first.'),
    onExhausted: z.array(describedTarget).optional(),
    steps: z.array(
      z.looseObject({
        step: z.int().min(0),
        notify: z.array(describedTarget),
        after: z.string().describe('From the opening on, as far as no step is skipped.'),
        wait: z.string(),
        if: z.array(z.string()).optional().describe('All must hold when the step is due.'),
      }),
    ),
  }),
  Simulation: z.looseObject({
    policy: z.string(),
    configVersion: z.int().min(0),
    openedAt: z.iso.datetime(),
    items: z.array(
      z.looseObject({
        at: z.iso.datetime(),
        after: z.string().describe('From the opening on.'),
        round: z.int().min(0),
        step: z.int().min(0),
        what: z.enum(['page', 'skip', 'delay']),
        reason: z.string(),
        targets: z.array(describedTarget),
        people: z.array(
          z.looseObject({
            user: z.string(),
            contacts: z.array(z.looseObject({ target: z.string(), at: z.iso.datetime() })),
          }),
        ),
        notes: z.array(z.string()),
      }),
    ),
    exhaustedAt: z.iso.datetime().optional().describe('When nobody is left to page.'),
    truncated: z.boolean().describe('There is more within the time asked for.'),
  }),
  Config: z.strictObject({
    version: z.int().min(1).describe('Every decision records it.'),
    hash: z.string().describe('SHA-256 of what it decides; secrets are no part of it.'),
    loadedAt: z.iso.datetime(),
    lastProblem: z
      .strictObject({ at: z.iso.datetime(), problems: z.array(configProblem) })
      .nullable()
      .describe('Why the files as they are now cannot be used.'),
  }),
  ConfigReloaded: z.strictObject({
    version: z.int().min(1),
    hash: z.string(),
    changed: z
      .boolean()
      .describe('Whether anything that was read has changed; a rotated secret is no new version.'),
    warnings: z.array(configProblem),
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
    problems: z.array(configProblem).optional().describe('All that is wrong with a configuration.'),
  }),
} as const;
