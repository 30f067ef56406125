import { expect, test } from 'vitest';
import type { IncidentEvent } from '../../domain/events/incident-events.ts';
import type { SentAlert } from './alertmanager-body.ts';
import { fingerprintOfSent } from './alertmanager-body.ts';
import { unexpectedLines } from './ledger-logs.ts';
import { brokenPromises } from './ledger-streams.ts';
import { wireFaults } from './ledger-wire.ts';
import type { LoggedEvent } from './recorded-log.ts';
import { anAlert, anAlertEvent, paymentsWorkflowId } from './view-alerts.ts';
import type { Wire, WireHit } from './wire.ts';

const sent: SentAlert = {
  status: 'firing',
  labels: { alertname: 'DiskFull', severity: 'critical' },
  summary: 'disk is full',
  startsAt: '2026-01-05T09:00:00.000Z',
};
const target = {
  kind: 'channel',
  name: 'channel:ops',
  channel: 'ops',
  provider: 'webhook',
  updates: false,
} as const;
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 5, 9, 0, seconds)).toISOString();

const opened: IncidentEvent = {
  type: 'IncidentOpened',
  data: {
    at: at(0),
    incidentId: 'i1',
    tenant: 'default',
    workflowId: paymentsWorkflowId,
    route: 'payments',
    groupLabels: {},
    policy: { name: 'p', configVersion: 1, repeat: 0, steps: [] },
    title: 'disk is full',
    severity: 'critical',
  },
};
const attached: IncidentEvent = {
  type: 'AlertsAttached',
  data: { at: at(0), count: 1, severity: 'critical', sample: [], positions: { '1': 7 } },
};
const requested: IncidentEvent = {
  type: 'NotificationRequested',
  data: { at: at(0), key: 'k', kind: 'page', round: 0, step: 0, sequence: 0, target },
};
const delivered: IncidentEvent = {
  type: 'NotificationDelivered',
  data: { at: at(1), key: 'k', providerId: 'x', attempts: 1 },
};
const acknowledged: IncidentEvent = { type: 'IncidentAcknowledged', data: { at: at(2), by: 'amy' } };

function aStep(
  startSeconds: number,
  dueSeconds: number,
  reason: 'opened' | 'not_acknowledged',
): IncidentEvent {
  const data = { at: at(startSeconds), dueAt: at(dueSeconds), waitMs: 10_000, reason, round: 0, step: 0 };
  return { type: 'StepStarted', data: { ...data, targets: [target] } };
}

const fired: LoggedEvent = {
  lane: 1,
  position: 7,
  stream: 'alert-1',
  version: 0,
  event: anAlertEvent('AlertFired', {
    alert: anAlert({ fingerprint: fingerprintOfSent(sent), startsAt: sent.startsAt }),
  }),
};

function aLog(...events: readonly IncidentEvent[]): LoggedEvent[] {
  const stream = 'incident-i1';
  return [
    fired,
    ...events.map((event, version) => ({ lane: 1000, position: version, stream, version, event })),
  ];
}

const attempted: LoggedEvent = {
  lane: 1000,
  position: 99,
  stream: 'delivery-k',
  version: 0,
  event: {
    type: 'DeliveryAttempted',
    data: {
      ...{ at: at(1), key: 'k', incidentId: 'i1', kind: 'page', channel: 'ops', provider: 'webhook' },
      ...{ round: 0, step: 0, attempt: 1, outcome: 'delivered', durationMs: 1 },
    },
  },
};

const aTestPage: LoggedEvent = {
  ...attempted,
  stream: 'delivery-test-key',
  event: {
    type: 'DeliveryAttempted',
    data: {
      ...{
        at: at(1),
        key: 'test-key',
        incidentId: 'test',
        kind: 'test',
        channel: 'ops',
        provider: 'webhook',
      },
      ...{ round: 0, step: 0, attempt: 1, outcome: 'delivered', durationMs: 1 },
    },
  },
};

function aWire(sentKeys: readonly string[], takenKeys: readonly string[]): Pick<Wire, 'hits' | 'accepted'> {
  const hit = (key: string): WireHit => ({
    ...{ channel: 'ops', key, kind: 'page', incidentId: 'i1', title: '', body: '', receivedAtMs: 0 },
    request: { method: 'POST', path: '/ops', headers: {}, body: '', receivedAtMs: 0 },
  });
  return { hits: () => sentKeys.map(hit), accepted: () => takenKeys.map(hit) };
}

const sound = aLog(opened, attached, aStep(0, 0, 'opened'), requested, delivered);

test('a run in which all is well adds up', () => {
  expect(brokenPromises(sound, [sent])).toEqual([]);
  expect(wireFaults([...sound, attempted], aWire(['k'], ['k']), 0)).toEqual([]);
});

test('a test page belongs to no incident, and yet somebody asked for it', () => {
  const log = [...sound, attempted, aTestPage];
  expect(wireFaults(log, aWire(['k', 'test-key'], ['k', 'test-key']), 0)).toEqual([]);
});

test('an acknowledged alert that is not in the log is lost', () => {
  const other = { ...sent, startsAt: at(5) };
  expect(brokenPromises(sound, [sent, other])).toEqual([expect.stringMatching(/^I1: .* is not in the log$/)]);
});

test('an alert for which nobody was paged is lost', () => {
  const unheard = aLog(opened, attached, aStep(0, 0, 'opened'), requested);
  expect(brokenPromises(unheard, [sent])).toEqual([expect.stringMatching(/^I1: nobody was paged/)]);
  const missed = aLog(opened, aStep(0, 0, 'opened'), requested, delivered);
  expect(brokenPromises(missed, [sent])).toEqual([expect.stringMatching(/^I1: nobody was paged/)]);
});

test('a step after an acknowledgement is noise', () => {
  const noisy = aLog(opened, attached, requested, delivered, acknowledged, aStep(12, 12, 'not_acknowledged'));
  expect(brokenPromises(noisy, [])).toEqual([expect.stringMatching(/^I4: /)]);
});

test('a step after the end of an acknowledgement or of a snooze is none, though steps are skipped in between', () => {
  const skipped: IncidentEvent = {
    type: 'StepSkipped',
    data: { at: at(30), round: 1, step: 0, reason: 'superseded', dueAt: at(20) },
  };
  const expired: IncidentEvent = { type: 'AcknowledgementExpired', data: { at: at(12) } };
  const snoozed: IncidentEvent = { type: 'IncidentSnoozed', data: { at: at(2), by: 'amy', until: at(20) } };
  const step = aStep(30, 30, 'not_acknowledged');
  const before = [opened, attached, requested, delivered];
  expect(brokenPromises(aLog(...before, acknowledged, expired, skipped, step), [])).toEqual([]);
  expect(brokenPromises(aLog(...before, snoozed, skipped, step), [])).toEqual([]);
  for (const quiet of [[acknowledged], [snoozed, acknowledged]])
    expect(brokenPromises(aLog(...before, ...quiet, skipped, step), [])).toEqual([
      expect.stringMatching(/^I4: /),
    ]);
});

test('a step that begins before it is due, or is due before its predecessor has waited, is early', () => {
  const begins = aLog(opened, aStep(0, 0, 'opened'), aStep(9, 10, 'not_acknowledged'));
  expect(brokenPromises(begins, [])).toEqual([expect.stringMatching(/^I5: .* began before it was due$/)]);
  const due = aLog(opened, aStep(0, 0, 'opened'), aStep(9, 9, 'not_acknowledged'));
  expect(brokenPromises(due, [])).toEqual([expect.stringMatching(/^I5: .* was due too early$/)]);
});

test('a version that is missing is a gap', () => {
  expect(brokenPromises(sound.toSpliced(3, 1), [])).toEqual([expect.stringMatching(/^I7: incident-i1/)]);
});

test('what goes over the wire was requested, recorded and taken once', () => {
  const log = [...sound, attempted];
  expect(wireFaults(log, aWire(['k', 'other'], ['k']), 1)).toEqual([expect.stringMatching(/^I2: other/)]);
  expect(wireFaults(log, aWire(['k', 'k'], ['k']), 0)).toEqual([expect.stringMatching(/^I3: 1 hits/)]);
  expect(wireFaults(log, aWire(['k', 'k'], ['k', 'k']), 0)).toContainEqual(
    expect.stringMatching(/taken 2 times$/),
  );
  expect(wireFaults(log, aWire(['k', 'k'], ['k', 'k']), 1)).toEqual([]);
  expect(wireFaults(log, aWire([], []), 0)).toEqual([expect.stringMatching(/never sent$/)]);
});

test.each([
  '{"level":50,"msg":"x"}',
  '{"level":60,"msg":"x"}',
  'UnhandledRejection: x',
  'unhandled rejection',
  '[TMPRL1100] Nondeterminism error',
  '2026-01-05T09:00:00Z [ERROR] x',
])('%s is not for a healthy log, unless it is excused', (line) => {
  expect(unexpectedLines(`fine\n${line}\n{"level":40}`, [])).toHaveLength(1);
  expect(unexpectedLines(line, [/./])).toEqual([]);
});
