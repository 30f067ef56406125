import { expect, it } from 'vitest';
import type {
  DeliveryAttempted,
  DeliveryDiscarded,
  DeliveryEvent,
} from '../domain/events/delivery-events.ts';
import type { IncidentEvent } from '../domain/events/incident-events.ts';
import { opsTarget } from '../test/support/incident-events.ts';
import { buildTimeline, type TimelineEntry } from './timeline.ts';

const second = (n: number) => new Date(Date.UTC(2026, 0, 5, 9, 0, n)).toISOString();

const stepData = {
  at: second(0),
  round: 0,
  step: 0,
  reason: 'opened' as const,
  dueAt: second(0),
  waitMs: 30_000,
  targets: [opsTarget],
};
const step: IncidentEvent = { type: 'StepStarted', data: stepData };
const requested: IncidentEvent = {
  type: 'NotificationRequested',
  data: { at: second(0), key: 'k1', kind: 'page', round: 0, step: 0, sequence: 0, target: opsTarget },
};
const delivered: IncidentEvent = {
  type: 'NotificationDelivered',
  data: { at: second(3), key: 'k1', providerId: 'm1', attempts: 2 },
};

function anAttempt(changes: Partial<DeliveryAttempted['data']> = {}): DeliveryAttempted {
  return {
    type: 'DeliveryAttempted',
    data: {
      at: second(1),
      key: 'k1',
      incidentId: 'i1',
      kind: 'page',
      channel: 'ops',
      provider: 'webhook',
      round: 0,
      step: 0,
      attempt: 1,
      outcome: 'delivered',
      status: 200,
      durationMs: 34.2,
      ...changes,
    },
  };
}

function timelineOf(
  events: readonly IncidentEvent[],
  attempts: readonly DeliveryEvent[] = [],
): TimelineEntry[] {
  return buildTimeline(
    events.map((event, version) => ({ version, event })),
    attempts,
  );
}

it('tells each attempt with the answer of the provider and its time', () => {
  const refused = anAttempt({ outcome: 'retry', status: 503, reason: 'busy', durationMs: 12 });
  const accepted = anAttempt({ at: second(2), attempt: 2 });
  const entries = timelineOf([step, requested, delivered], [accepted, refused]);
  expect(entries.map(({ summary }) => summary)).toEqual([
    'step 1 of round 1 began, because the incident opened: channel:ops',
    'page to channel:ops requested',
    'page to channel:ops not accepted yet (attempt 1, 503, 12 ms, busy)',
    'page to channel:ops delivered (attempt 2, 200, 34 ms)',
    'page to channel:ops is through after 2 attempts',
  ]);
  expect(entries[2]?.facts).toMatchObject({
    outcome: 'retry',
    status: 503,
    durationMs: 12,
    target: 'channel:ops',
  });
});

it('keeps an attempt between request and end though its clock is minutes off', () => {
  const early = anAttempt({ at: new Date(Date.parse(second(0)) - 300_000).toISOString() });
  const late = anAttempt({ at: new Date(Date.parse(second(0)) + 300_000).toISOString(), attempt: 2 });
  const kinds = timelineOf([step, requested, delivered], [late, early]).map(({ kind }) => kind);
  expect(kinds).toEqual([
    'StepStarted',
    'NotificationRequested',
    'DeliveryAttempted',
    'DeliveryAttempted',
    'NotificationDelivered',
  ]);
});

it('keeps the order of the stream where an instant steps back', () => {
  const note = (n: number): IncidentEvent => ({
    type: 'IncidentNoted',
    data: { at: second(n), by: 'amy', text: `at ${n}` },
  });
  const entries = timelineOf([note(5), note(2), note(6)]);
  expect(entries.map(({ version }) => version)).toEqual([0, 1, 2]);
});

it('says how late a step began', () => {
  const late: IncidentEvent = { ...step, data: { ...step.data, at: second(2) } };
  expect(timelineOf([late])[0]?.facts).toMatchObject({ lateMs: 2_000, dueAt: second(0) });
});

it('names the human who acted', () => {
  const acknowledged: IncidentEvent = { type: 'IncidentAcknowledged', data: { at: second(4), by: 'amy' } };
  expect(timelineOf([acknowledged])[0]).toMatchObject({
    kind: 'IncidentAcknowledged',
    actor: 'amy',
    summary: 'acknowledged by amy',
    at: second(4),
  });
});

it('shows an attempt whose request is not joined', () => {
  expect(timelineOf([step], [anAttempt({ key: 'other' })]).map(({ kind }) => kind)).toEqual([
    'StepStarted',
    'DeliveryAttempted',
  ]);
});

it('tells that a dead letter was discarded, by whom and why, after it became one', () => {
  const dead: IncidentEvent = {
    type: 'NotificationDeadLettered',
    data: { at: second(3), key: 'k1', reason: 'the provider is down', attempts: 5 },
  };
  const discarded: DeliveryDiscarded = {
    type: 'DeliveryDiscarded',
    // of a clock that is behind
    data: { at: second(2), key: 'k1', incidentId: 'i1', by: 'amy', reason: 'bo was called' },
  };
  const entries = timelineOf([step, requested, dead], [anAttempt({ outcome: 'retry' }), discarded]);
  expect(entries.map(({ kind }) => kind)).toEqual([
    'StepStarted',
    'NotificationRequested',
    'DeliveryAttempted',
    'NotificationDeadLettered',
    'DeliveryDiscarded',
  ]);
  expect(entries.at(-1)).toMatchObject({
    actor: 'amy',
    summary: 'page to channel:ops: dead letter discarded by amy: bo was called',
  });
});

it('tells who is paged by a step, and what its pages say besides', () => {
  const people = [
    {
      user: 'amy',
      via: 'schedule:payments',
      contacts: [{ target: { ...opsTarget, kind: 'contact' as const, name: 'user:amy/phone' }, afterMs: 0 }],
    },
  ];
  const notes = ['2 steps were skipped while paging was down'];
  const started: IncidentEvent = {
    type: 'StepStarted',
    data: { ...stepData, step: 1, reason: 'skipped', people, notes, mode: 'first_success' },
  };
  const [entry] = timelineOf([started]);
  expect(entry?.summary).toBe(
    'step 2 of round 1 began, because the step before was skipped: channel:ops, user:amy (schedule:payments); 2 steps were skipped while paging was down',
  );
  expect(entry?.facts).toMatchObject({
    mode: 'first_success',
    notes,
    targets: ['channel:ops'],
    people: [{ user: 'amy', via: 'schedule:payments', contacts: [{ target: 'user:amy/phone', afterMs: 0 }] }],
  });
});

it('tells what was skipped, held, sent again and taken back', () => {
  const at = second(5);
  const undo: IncidentEvent = {
    type: 'NotificationRequested',
    data: { at, key: 'k2', kind: 'undo', round: 0, step: 0, sequence: 2, target: opsTarget, of: 'k1' },
  };
  const place = { at, round: 0, step: 1 };
  const entries = timelineOf([
    step,
    requested,
    { type: 'StepSkipped', data: { ...place, reason: 'condition', dueAt: at } },
    { type: 'StepDelayed', data: { ...place, until: second(9) } },
    { type: 'NotificationRedelivered', data: { at, key: 'k1', by: 'tocsin' } },
    undo,
    { type: 'NotificationUndone', data: { at, key: 'k2', of: 'k1' } },
    { type: 'AcknowledgementExpired', data: { at } },
    { type: 'ResolutionHeld', data: { at, until: second(9) } },
    { type: 'IncidentResolved', data: { at, reason: 'unheard', positions: {} } },
  ]);
  expect(entries.slice(2).map(({ summary }) => summary)).toEqual([
    'skipped step 2 of round 1: its condition did not hold',
    `step 2 of round 1 waits until ${second(9)}, as its urgency is low`,
    'page to channel:ops is sent again, by tocsin',
    'undo to channel:ops requested',
    'page to channel:ops was taken back',
    'the acknowledgement expired without a resolution',
    `nothing fires any more: resolves at ${second(9)} unless something does again`,
    'resolved: nothing was heard of its alerts any more',
  ]);
  expect(entries[5]?.facts).toMatchObject({ kind: 'undo', of: 'k1' });
});

it('keeps an attempt of a page that was sent again behind the request for it', () => {
  const dead: IncidentEvent = {
    type: 'NotificationDeadLettered',
    data: { at: second(2), key: 'k1', reason: 'gone', attempts: 1 },
  };
  const again: IncidentEvent = {
    type: 'NotificationRedelivered',
    data: { at: second(20), key: 'k1', by: 'tocsin' },
  };
  const late = anAttempt({ at: second(21), attempt: 2 });
  const kinds = timelineOf([step, requested, dead, again], [late]).map(({ kind }) => kind);
  expect(kinds.at(-1)).toBe('DeliveryAttempted');
});
