import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Alert } from '../alert/alert.ts';
import type { StoredOverride } from '../people/stored-override.ts';
import type { PolicySnapshot, Target } from '../policy/policy.ts';
import type { Silence } from '../silence/silence.ts';
import { decodeEvent, type EventRegistry } from './decode.ts';
import type { TocsinEvent, TocsinEventType } from './events.ts';
import type { Upcaster } from './upcasters.ts';

const at = '2026-01-05T09:00:00.000Z';
const target: Target = {
  kind: 'channel',
  name: 'channel:ops',
  channel: 'ops',
  provider: 'webhook',
  updates: false,
};
const policy: PolicySnapshot = {
  name: 'ops',
  configVersion: 1,
  repeat: 0,
  steps: [{ targets: [target], waitMs: 30_000 }],
};
const alert: Alert = {
  tenant: 'default',
  source: 'prometheus',
  fingerprint: '9f2c4a1d0b7e6633',
  status: 'firing',
  severity: 'critical',
  labels: { alertname: 'DiskFull' },
  annotations: {},
  startsAt: at,
};
const incidents = [
  { route: 'r', policy: 'ops', groupLabels: { cluster: 'a' }, workflowId: 'incident/default/r/0' },
];
const alertData = { alert, configVersion: 1, incidents };
const positions = { '1': 5 };
const delivery = { at, key: 'k' };
const silence: Silence = {
  id: '2f1c6a52-6d0e-4f3a-9a3c-0d9c1b7e5a11',
  tenant: 'default',
  matchers: [{ name: 'team', operator: '=', value: 'db' }],
  startsAt: at,
  endsAt: '2026-01-05T10:00:00.000Z',
  createdBy: 'amy',
  comment: 'the disk is being replaced',
};
const override: StoredOverride = {
  id: '2f1c6a52-6d0e-4f3a-9a3c-0d9c1b7e5a12',
  schedule: 'payments',
  user: 'bo',
  startsAt: at,
  endsAt: '2026-01-05T10:00:00.000Z',
  createdAt: at,
  createdBy: 'amy',
};

type DataOf = { [E in TocsinEvent as E['type']]: E['data'] };

const examples: DataOf = {
  AlertFired: { ...alertData, replaces: false },
  AlertChanged: alertData,
  AlertRepeated: { ...alertData, count: 3 },
  AlertAcknowledged: alertData,
  AlertSuppressed: { ...alertData, left: ['incident/default/r/0'] },
  AlertReleased: { ...alertData, joined: ['incident/default/r/0'] },
  AlertResolved: { ...alertData, reason: 'cleared' },
  IncidentOpened: {
    at,
    incidentId: '7d444840-9dc0-51d1-b245-5ffdce74fad2',
    tenant: 'default',
    workflowId: 'incident/default/r/0',
    route: 'r',
    groupLabels: {},
    policy,
    title: 'DiskFull',
    severity: 'critical',
  },
  AlertsAttached: {
    at,
    count: 1,
    severity: 'critical',
    sample: [{ fingerprint: 'f', status: 'firing', labels: {}, annotations: {}, startsAt: at }],
    positions,
  },
  AlertsCleared: { at, count: 1, positions },
  StepStarted: { at, round: 0, step: 0, reason: 'opened', dueAt: at, waitMs: 30_000, targets: [target] },
  StepSkipped: { at, round: 0, step: 1, reason: 'condition', dueAt: at },
  StepDelayed: { at, round: 0, step: 1, until: at },
  NotificationRequested: { ...delivery, kind: 'page', round: 0, step: 0, sequence: 0, target },
  NotificationDelivered: { ...delivery, providerId: 'm1', attempts: 1 },
  NotificationFailed: { ...delivery, reason: 'acknowledged' },
  NotificationDeadLettered: { ...delivery, reason: 'gone', attempts: 5 },
  NotificationRedelivered: { ...delivery, by: 'amy' },
  NotificationUndone: { ...delivery, of: 'k0' },
  IncidentAcknowledged: { at, by: 'amy' },
  AcknowledgementExpired: { at },
  ResolutionHeld: { at, until: at },
  IncidentSnoozed: { at, by: 'amy', until: at },
  IncidentEscalated: { at, by: 'amy' },
  IncidentReassigned: { at, by: 'amy', targets: [target] },
  IncidentNoted: { at, by: 'amy', text: 'on it' },
  EscalationExhausted: { at, round: 2 },
  IncidentResolved: { at, reason: 'cleared', positions },
  SilenceCreated: { at, by: 'amy', silence },
  SilenceEdited: { at, by: 'amy', silence },
  SilenceExpired: { at, by: 'amy', silence },
  OverrideCreated: { at, by: 'amy', override },
  OverrideEnded: { at, by: 'amy', override },
  DeliveryAttempted: {
    ...delivery,
    incidentId: 'i',
    kind: 'page',
    channel: 'ops',
    provider: 'webhook',
    round: 0,
    step: 0,
    attempt: 1,
    outcome: 'delivered',
    durationMs: 12,
  },
  DeliveryDiscarded: { ...delivery, incidentId: 'i', by: 'amy', reason: 'told by phone' },
};

const cases = Object.entries(examples) as [TocsinEventType, object][];

describe.each(cases)('%s', (type, data) => {
  const decode = (changed: unknown) => () => decodeEvent({ type, schemaVersion: 1, data: changed });

  test('is read as it was written, with what a newer release added', () => {
    const added = { ...data, added: { by: 'a newer release' } };
    expect(decode(added)()).toEqual({ type, data: added });
  });

  test('is refused when any of its fields is missing or of another type', () => {
    for (const name of Object.keys(data)) {
      const without = Object.fromEntries(Object.entries(data).filter(([key]) => key !== name));
      expect(decode(without), `without ${name}`).toThrow(
        expect.objectContaining({ code: 'undecodable_event' }),
      );
      for (const wrong of [null, [], Symbol.iterator]) {
        if (Array.isArray(wrong) && Array.isArray(Reflect.get(data, name))) continue;
        expect(decode({ ...data, [name]: wrong }), `with ${name} wrong`).toThrow(
          expect.objectContaining({ code: 'undecodable_event' }),
        );
      }
    }
  });

  test.each([null, undefined, 7, 'text', [], [data]])('is refused when its data is %j', (wrong) => {
    expect(decode(wrong)).toThrow(expect.objectContaining({ code: 'undecodable_event' }));
  });
});

test('the reason names the type, the version and the place', () => {
  const wrong = { ...examples.AlertFired, alert: { ...alert, labels: { a: 1 } } };
  expect(() => decodeEvent({ type: 'AlertFired', schemaVersion: 1, data: wrong })).toThrow(
    /^AlertFired version 1: \/alert\/labels\/a: /,
  );
});

describe('an event type with older versions', () => {
  const registry: EventRegistry = {
    schemas: new Map([['DoorOpened', z.looseObject({ door: z.string(), byHuman: z.boolean() })]]),
    upcasters: new Map([
      [
        'DoorOpened',
        new Map<number, Upcaster>([
          [1, (data: unknown) => ({ door: (data as { name: string }).name.trim() })],
          [2, (data: unknown) => ({ ...(data as object), byHuman: true })],
        ]),
      ],
    ]),
  };
  const decode = (schemaVersion: number, data: unknown) =>
    decodeEvent({ type: 'DoorOpened', schemaVersion, data }, registry);
  const current = { type: 'DoorOpened', data: { door: 'front', byHuman: true } };

  test('is brought up to date step by step', () => {
    expect(decode(1, { name: 'front ' })).toEqual(current);
    expect(decode(2, { door: 'front' })).toEqual(current);
    expect(decode(3, { door: 'front', byHuman: true })).toEqual(current);
  });

  test('is never filled in where its current version lacks something', () => {
    expect(() => decode(3, { door: 'front' })).toThrow(/\/byHuman/);
  });

  test('is refused when a step fails, when no step leads on, and when it is newer', () => {
    expect(() => decode(1, {})).toThrow('an older version could not be brought up to date');
    expect(() => decode(0, { door: 'front' })).toThrow('nothing leads on from version 0');
    expect(() => decode(4, { door: 'front', byHuman: true })).toThrow(
      'the version is newer than this release',
    );
  });
});
