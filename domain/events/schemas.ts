import { z } from 'zod';
import { severities } from '../severity.ts';
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
});

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
  incidents: z.array(z.looseObject({ route: text, policy: text, groupLabels: labels, workflowId: text })),
};

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
  AlertResolved: z.looseObject({ ...alertData, reason: z.enum(['cleared', 'superseded']) }),

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
  IncidentAcknowledged: z.looseObject(byHuman),
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
} satisfies Schemas;
