import { expect, it } from 'vitest';
import type { DeliveryAttempted } from '../domain/events/delivery-events.ts';
import type { IncidentEvent } from '../domain/events/incident-events.ts';
import { opsTarget } from '../test/support/incident-events.ts';
import { buildTimeline, type TimelineEntry } from './timeline.ts';

const second = (n: number) => new Date(Date.UTC(2026, 0, 5, 9, 0, n)).toISOString();

const step: IncidentEvent = {
  type: 'StepStarted',
  data: {
    at: second(0),
    round: 0,
    step: 0,
    reason: 'opened',
    dueAt: second(0),
    waitMs: 30_000,
    targets: [opsTarget],
  },
};
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
  attempts: readonly DeliveryAttempted[] = [],
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
