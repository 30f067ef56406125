import { expect, test } from 'vitest';
import type { AlertEvent, RouteTaken } from '../events/alert-events.ts';
import { specify } from '../specification.ts';
import { type Alert, startAssumed } from './alert.ts';
import type { AlertCommand } from './command.ts';
import { decide } from './decide.ts';
import type { DecideContext } from './decide-context.ts';
import { evolve } from './evolve.ts';
import { initialAlertState } from './state.ts';

const first = '2026-08-01T10:00:00.000Z';
const second = '2026-08-01T11:00:00.000Z';

function anAlert(changes: Partial<Alert> = {}): Alert {
  return {
    tenant: 'default',
    source: 'prometheus',
    fingerprint: '0123456789abcdef',
    status: 'firing',
    severity: 'critical',
    labels: { alertname: 'DiskFull', host: 'a' },
    annotations: { summary: 'disk a is full' },
    startsAt: first,
    ...changes,
  };
}

function routeTo(name: string): RouteTaken {
  return {
    route: name,
    policy: 'default',
    groupLabels: {},
    workflowId: `incident/default/${name}/0`,
  };
}

/** Routes by the label `team`, so that a test can move an alert elsewhere; nothing is quiet. */
const context: DecideContext = {
  stream: 'alert-0',
  configVersion: 2,
  nowMs: Date.parse(second),
  route: (alert) => [routeTo(alert.labels.team ?? 'ops')],
  judge: ({ routes }) => routes.map(({ quiet: _, ...route }) => route),
  noteChange: () => undefined,
  isInhibitor: () => false,
};
const observe = (alert: Alert): AlertCommand => ({ kind: 'observe', alert });

const { given } = specify({
  initial: initialAlertState,
  evolve,
  decide: (alert: Alert, state) => decide(observe(alert), state, context),
  expectEqual: (actual, expected) => expect(actual).toEqual(expected),
});

const fired = (alert = anAlert(), replaces = false): AlertEvent => ({
  type: 'AlertFired',
  data: { alert, configVersion: 1, incidents: [routeTo('old')], replaces },
});
const resolved = (alert = anAlert({ status: 'resolved' })): AlertEvent => ({
  type: 'AlertResolved',
  data: { alert, configVersion: 1, incidents: [routeTo('old')], reason: 'cleared' },
});

test('an unknown alert that fires is routed', () => {
  given()
    .when(anAlert())
    .then({
      outcome: 'accepted',
      events: [
        {
          type: 'AlertFired',
          data: { alert: anAlert(), configVersion: 2, incidents: [routeTo('ops')], replaces: false },
        },
      ],
    });
});

test('the clear of an unknown alert is kept without incidents', () => {
  const alert = anAlert({ status: 'resolved', endsAt: second });
  given()
    .when(alert)
    .then({
      outcome: 'accepted',
      events: [
        { type: 'AlertResolved', data: { alert, configVersion: 2, incidents: [], reason: 'cleared' } },
      ],
    });
});

test('the firing of an episode that is known to be over is dropped', () => {
  given(resolved()).when(anAlert()).then({ outcome: 'dropped', reason: 'episode_resolved' });
});

test('an unchanged repeat is a duplicate, whatever its end, flags and order of labels', () => {
  given(fired())
    .when(anAlert({ endsAt: second, flags: ['text_replaced'], labels: { host: 'a', alertname: 'DiskFull' } }))
    .then({ outcome: 'duplicate' });
});

test.each<[string, Partial<Alert>]>([
  ['annotation', { annotations: { summary: 'disk a is fuller' } }],
  ['new annotation', { annotations: { summary: 'disk a is full', value: '98' } }],
  ['label', { labels: { alertname: 'DiskFull', host: 'a', team: 'x' } }],
  ['severity', { severity: 'warning' }],
  ['generator URL', { generatorUrl: 'http://prometheus/graph' }],
])('a repeat with another %s is a change that stays with its old incidents', (_, changes) => {
  const alert = anAlert(changes);
  given(fired())
    .when(alert)
    .then({
      outcome: 'accepted',
      events: [
        { type: 'AlertChanged', data: { alert, configVersion: 1, incidents: [routeTo('old')], repeats: 0 } },
      ],
    });
});

test('a clear goes to the incidents that the firing was routed to', () => {
  const alert = anAlert({ status: 'resolved', endsAt: second });
  given(fired())
    .when(alert)
    .then({
      outcome: 'accepted',
      events: [
        {
          type: 'AlertResolved',
          data: { alert, configVersion: 1, incidents: [routeTo('old')], reason: 'cleared' },
        },
      ],
    });
});

test('the clear of a newer episode ends the one that fires', () => {
  const alert = anAlert({ status: 'resolved', startsAt: second });
  given(fired())
    .when(alert)
    .then({
      outcome: 'accepted',
      events: [
        {
          type: 'AlertResolved',
          data: { alert, configVersion: 1, incidents: [routeTo('old')], reason: 'cleared' },
        },
      ],
    });
});

test('a newer episode in the same incident replaces the older one', () => {
  const alert = anAlert({ startsAt: second, labels: { team: 'old' } });
  given(fired())
    .when(alert)
    .then({
      outcome: 'accepted',
      events: [
        {
          type: 'AlertFired',
          data: { alert, configVersion: 2, incidents: [routeTo('old')], replaces: true },
        },
      ],
    });
});

test('a newer episode that is routed elsewhere first leaves its old incident', () => {
  const alert = anAlert({ startsAt: second });
  given(fired())
    .when(alert)
    .then({
      outcome: 'accepted',
      events: [
        {
          type: 'AlertResolved',
          data: {
            alert: anAlert({ status: 'resolved' }),
            configVersion: 1,
            incidents: [routeTo('old')],
            reason: 'superseded',
          },
        },
        {
          type: 'AlertFired',
          data: { alert, configVersion: 2, incidents: [routeTo('ops')], replaces: false },
        },
      ],
    });
});

test.each(['firing', 'resolved'] as const)('what is %s of an older episode is dropped', (status) => {
  const late = anAlert({ status });
  const dropped = { outcome: 'dropped', reason: 'older_episode' } as const;
  given(fired(anAlert({ startsAt: second })))
    .when(late)
    .then(dropped);
  given(resolved(anAlert({ status: 'resolved', startsAt: second })))
    .when(late)
    .then(dropped);
});

test('after a clear a newer episode is routed anew', () => {
  const alert = anAlert({ startsAt: second });
  given(fired(), resolved())
    .when(alert)
    .then({
      outcome: 'accepted',
      events: [
        {
          type: 'AlertFired',
          data: { alert, configVersion: 2, incidents: [routeTo('ops')], replaces: false },
        },
      ],
    });
});

test('after a clear the clear of a newer episode is kept without incidents', () => {
  const alert = anAlert({ status: 'resolved', startsAt: second });
  given(fired(), resolved())
    .when(alert)
    .then({
      outcome: 'accepted',
      events: [
        { type: 'AlertResolved', data: { alert, configVersion: 2, incidents: [], reason: 'cleared' } },
      ],
    });
});

test('a repeated clear is a duplicate', () => {
  given(fired(), resolved())
    .when(anAlert({ status: 'resolved', endsAt: second }))
    .then({ outcome: 'duplicate' });
});

test('the same instant in another spelling is the same episode', () => {
  given(fired())
    .when(anAlert({ startsAt: '2026-08-01T12:00:00+02:00' }))
    .then({ outcome: 'duplicate' });
});

test('an observation with an assumed start belongs to the episode at hand', () => {
  const flags = [startAssumed];
  given(fired())
    .when(anAlert({ startsAt: second, flags }))
    .then({ outcome: 'duplicate' });
  given(fired(), resolved())
    .when(anAlert({ status: 'resolved', startsAt: second, flags }))
    .then({ outcome: 'duplicate' });
});

test('a firing with an assumed start is never lost behind a clear', () => {
  const state = evolve(initialAlertState, resolved(anAlert({ status: 'resolved', startsAt: second })));
  const decision = decide(observe(anAlert({ flags: [startAssumed] })), state, context);
  expect(decision.outcome).toBe('accepted');
  expect(decision.outcome === 'accepted' && decision.events[0]?.data.alert.startsAt).toBe(
    '2026-08-01T11:00:00.001Z',
  );
});
