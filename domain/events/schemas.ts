import { z } from 'zod';
import { matchOperators } from '../matcher/matcher.ts';
import { severities } from '../severity.ts';
import { quietingKinds } from '../suppression/quieting.ts';
import type { TocsinEvent } from './events.ts';

// Objects are loose: a field that a newer release added is no reason to refuse the event.

const labels = z.record(z.string(), z.string());
const severity = z.enum(severities);
const status = z.enum(['firing', 'resolved']);
const instant = z.iso.datetime();
const count = z.int().nonnegative();
const positions = z.record(z.string(), z.int());
const kind = z.enum(['page', 'update', 'resolved']);
const text = z.string();

const target = z.looseObject({
  kind: z.literal('channel'),
  name: text,
  channel: text,
  provider: text,
  updates: z.boolean(),
});

const policy = z.looseObject({
  name: text,
  configVersion: count,
  repeat: count,
  steps: z.array(z.looseObject({ targets: z.array(target), waitMs: z.number().nonnegative() })),
});

const alert = z.looseObject({
  tenant: text,
  source: text,
  fingerprint: text,
  status,
  severity,
  labels,
  annotations: labels,
  startsAt: instant,
  endsAt: instant.exactOptional(),
  generatorUrl: text.exactOptional(),
  flags: z.array(text).exactOptional(),
  expiresAt: instant.exactOptional(),
  extra: z.record(z.string(), z.unknown()).exactOptional(),
});

const quieting = z.looseObject({
  kind: z.enum(quietingKinds),
  rule: text,
  configVersion: count,
  until: instant.exactOptional(),
});

const routeTaken = z.looseObject({
  route: text,
  policy: text,
  groupLabels: labels,
  workflowId: text,
  groupWaitMs: z.number().nonnegative().exactOptional(),
  quiet: quieting.exactOptional(),
});

const flap = z.looseObject({ changes: z.array(instant), flappingSince: instant.exactOptional() });

const sample = z.looseObject({
  fingerprint: text,
  status,
  labels,
  annotations: labels,
  startsAt: instant,
  generatorUrl: text.exactOptional(),
});

const alertData = {
  alert,
  configVersion: count,
  incidents: z.array(routeTaken),
  flap: flap.exactOptional(),
  inhibits: z.boolean().exactOptional(),
  repeats: count.exactOptional(),
};

const silence = z.looseObject({
  id: text,
  tenant: text,
  matchers: z.array(z.looseObject({ name: text, operator: z.enum(matchOperators), value: text })),
  startsAt: instant,
  endsAt: instant,
  createdBy: text,
  comment: text,
});

const at = { at: instant };
const byHuman = { at: instant, by: text };
const delivery = { at: instant, key: text };
const step = { round: count, step: count };

type Schemas = { readonly [E in TocsinEvent as E['type']]: z.ZodType<E['data']> };

/** The data of each event type in its current version. */
export const eventSchemas = {
  AlertFired: z.looseObject({ ...alertData, replaces: z.boolean() }),
  AlertChanged: z.looseObject(alertData),
  AlertRepeated: z.looseObject({ ...alertData, count }),
  AlertAcknowledged: z.looseObject(alertData),
  AlertSuppressed: z.looseObject({ ...alertData, left: z.array(text) }),
  AlertReleased: z.looseObject({ ...alertData, joined: z.array(text) }),
  AlertResolved: z.looseObject({ ...alertData, reason: z.enum(['cleared', 'superseded', 'expired']) }),

  IncidentOpened: z.looseObject({
    ...at,
    incidentId: text,
    tenant: text,
    workflowId: text,
    route: text,
    groupLabels: labels,
    policy,
    title: text,
    severity,
    groupWaitMs: z.number().nonnegative().exactOptional(),
  }),
  AlertsAttached: z.looseObject({ ...at, count, severity, sample: z.array(sample), positions }),
  AlertsCleared: z.looseObject({ ...at, count, positions }),
  StepStarted: z.looseObject({
    ...at,
    ...step,
    reason: z.enum([
      'opened',
      'not_acknowledged',
      'undeliverable',
      'repeat',
      'escalated',
      'reassigned',
      'snooze_ended',
      'severity_raised',
    ]),
    dueAt: instant,
    waitMs: z.number().nonnegative(),
    targets: z.array(target),
  }),
  NotificationRequested: z.looseObject({
    ...delivery,
    ...step,
    kind,
    sequence: count,
    target,
    providerId: text.exactOptional(),
  }),
  NotificationDelivered: z.looseObject({ ...delivery, providerId: text, attempts: count }),
  NotificationFailed: z.looseObject({ ...delivery, reason: text }),
  NotificationDeadLettered: z.looseObject({ ...delivery, reason: text, attempts: count }),
  IncidentAcknowledged: z.looseObject({ ...byHuman, positions: positions.exactOptional() }),
  IncidentSnoozed: z.looseObject({ ...byHuman, until: instant }),
  IncidentEscalated: z.looseObject(byHuman),
  IncidentReassigned: z.looseObject({ ...byHuman, targets: z.array(target) }),
  IncidentNoted: z.looseObject({ ...byHuman, text }),
  EscalationExhausted: z.looseObject({ ...at, round: count }),
  IncidentResolved: z.looseObject({
    ...at,
    by: text.exactOptional(),
    reason: z.enum(['cleared', 'by_human']),
    positions,
  }),

  DeliveryAttempted: z.looseObject({
    ...delivery,
    ...step,
    incidentId: text,
    kind,
    channel: text,
    provider: text,
    attempt: count,
    outcome: z.enum(['delivered', 'retry', 'rejected', 'unknown']),
    providerId: text.exactOptional(),
    reason: text.exactOptional(),
    status: z.int().exactOptional(),
    durationMs: z.number().nonnegative(),
  }),

  SilenceCreated: z.looseObject({ ...byHuman, silence, replaces: text.exactOptional() }),
  SilenceEdited: z.looseObject({ ...byHuman, silence }),
  SilenceExpired: z.looseObject({ ...byHuman, silence, replacedBy: text.exactOptional() }),
} satisfies Schemas;
