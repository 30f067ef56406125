import { z } from 'zod';
import { matchOperators } from '../matcher/matcher.ts';
import type { Condition } from '../policy/policy.ts';
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
const kind = z.enum(['page', 'update', 'resolved', 'reminder', 'undo', 'test']);
const text = z.string();

const milliseconds = z.number().nonnegative();

const target = z.looseObject({
  kind: z.enum(['channel', 'contact']),
  name: text,
  channel: text,
  provider: text,
  updates: z.boolean(),
  undoable: z.literal(true).exactOptional(),
});

const policyTarget = z.union([
  target,
  z.looseObject({ kind: z.literal('user'), name: text, user: text }),
  z.looseObject({ kind: z.literal('schedule'), name: text, schedule: text }),
]);

const stepMode = z.enum(['all', 'first_success', 'all_or_nothing']);
const urgency = z.enum(['high', 'low']);

const condition: z.ZodType<Condition> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.looseObject({ kind: z.literal('severity'), in: z.array(severity) }),
    z.looseObject({ kind: z.literal('urgency'), is: urgency }),
    z.looseObject({ kind: z.literal('labels'), match: z.array(text) }),
    z.looseObject({ kind: z.literal('alerts'), atLeast: count }),
    z.looseObject({ kind: z.literal('open_for'), atLeastMs: milliseconds }),
    z.looseObject({ kind: z.literal('hours'), name: text, within: z.boolean() }),
    z.looseObject({ kind: z.literal('not'), of: z.array(condition) }),
  ]),
);

const policyStep = z.looseObject({
  targets: z.array(policyTarget),
  waitMs: milliseconds,
  mode: stepMode.exactOptional(),
  when: z.array(condition).exactOptional(),
  delayUntil: text.exactOptional(),
  roundRobin: z.literal(true).exactOptional(),
});

const policy = z.looseObject({
  name: text,
  configVersion: count,
  repeat: count,
  steps: z.array(policyStep),
  urgency: urgency.exactOptional(),
  ackTimeoutMs: milliseconds.exactOptional(),
  remindEveryMs: milliseconds.exactOptional(),
  autoResolveMs: milliseconds.exactOptional(),
  resolveHoldMs: milliseconds.exactOptional(),
  reopenAfterMs: milliseconds.exactOptional(),
  maxAgeMs: milliseconds.exactOptional(),
  onExhausted: z.array(target).exactOptional(),
});

const person = z.looseObject({
  user: text,
  via: text.exactOptional(),
  contacts: z.array(z.looseObject({ target, afterMs: milliseconds })),
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

const override = z.looseObject({
  id: text,
  schedule: text,
  user: text,
  startsAt: instant,
  endsAt: instant,
  createdAt: instant,
  createdBy: text,
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
      'acknowledgement_expired',
      'skipped',
      'exhausted',
    ]),
    dueAt: instant,
    waitMs: milliseconds,
    targets: z.array(target),
    mode: stepMode.exactOptional(),
    people: z.array(person).exactOptional(),
    notes: z.array(text).exactOptional(),
  }),
  StepSkipped: z.looseObject({
    ...at,
    ...step,
    reason: z.enum(['condition', 'nobody', 'superseded', 'too_old']),
    dueAt: instant,
    notes: z.array(text).exactOptional(),
  }),
  StepDelayed: z.looseObject({ ...at, ...step, until: instant }),
  NotificationRequested: z.looseObject({
    ...delivery,
    ...step,
    kind,
    sequence: count,
    target,
    providerId: text.exactOptional(),
    of: text.exactOptional(),
  }),
  NotificationDelivered: z.looseObject({ ...delivery, providerId: text, attempts: count }),
  NotificationFailed: z.looseObject({ ...delivery, reason: text }),
  NotificationDeadLettered: z.looseObject({
    ...delivery,
    reason: text,
    attempts: count,
    outcome: z.enum(['retry', 'rejected', 'unknown']).exactOptional(),
  }),
  NotificationRedelivered: z.looseObject({ ...delivery, by: text }),
  NotificationUndone: z.looseObject({ ...delivery, of: text }),
  AcknowledgementExpired: z.looseObject(at),
  ResolutionHeld: z.looseObject({ ...at, until: instant }),
  IncidentAcknowledged: z.looseObject({ ...byHuman, positions: positions.exactOptional() }),
  IncidentSnoozed: z.looseObject({ ...byHuman, until: instant }),
  IncidentEscalated: z.looseObject(byHuman),
  IncidentReassigned: z.looseObject({ ...byHuman, targets: z.array(policyTarget) }),
  IncidentNoted: z.looseObject({ ...byHuman, text }),
  EscalationExhausted: z.looseObject({ ...at, round: count }),
  IncidentResolved: z.looseObject({
    ...at,
    by: text.exactOptional(),
    reason: z.enum(['cleared', 'by_human', 'unheard']),
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
  DeliveryDiscarded: z.looseObject({ ...delivery, incidentId: text, by: text, reason: text }),

  SilenceCreated: z.looseObject({ ...byHuman, silence, replaces: text.exactOptional() }),
  SilenceEdited: z.looseObject({ ...byHuman, silence }),
  SilenceExpired: z.looseObject({ ...byHuman, silence, replacedBy: text.exactOptional() }),

  OverrideCreated: z.looseObject({ ...byHuman, override }),
  OverrideEnded: z.looseObject({ ...byHuman, override }),
} satisfies Schemas;
