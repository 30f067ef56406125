import { expect, test } from 'vitest';
import type { Alert } from '../domain/alert/alert.ts';
import type { DecideContext } from '../domain/alert/decide-context.ts';
import type { AlertState, FiringState } from '../domain/alert/state.ts';
import { noHead } from './alert-head.ts';
import { anAlert } from './an-alert.ts';
import { decideStream, type UnwrittenRepeats } from './decide-stream.ts';

const first = '2026-08-01T10:00:00.000Z';
const second = '2026-08-01T11:00:00.000Z';
const incidents = [{ route: 'r', policy: 'p', groupLabels: {}, workflowId: 'incident/default/r/0' }];
const context: DecideContext = {
  stream: 'alert-0',
  configVersion: 1,
  nowMs: Date.parse(second),
  route: () => incidents,
  judge: ({ routes }) => routes,
  noteChange: () => undefined,
  isInhibitor: () => false,
};

function plan(alerts: readonly Alert[], from: { state?: AlertState; repeats?: UnwrittenRepeats } = {}) {
  const head = from.state === undefined ? noHead : { version: 7, state: from.state };
  const instructions = alerts.map((alert, index) => ({
    command: { kind: 'observe' as const, alert },
    metadata: { requestId: `r${index}` },
  }));
  return decideStream(instructions, { head, context, repeats: from.repeats });
}

function firing(repeats: number, alert = anAlert()): FiringState {
  return {
    status: 'firing',
    alert,
    configVersion: 1,
    incidents,
    flap: undefined,
    repeats,
    isAcknowledged: false,
    inhibits: false,
  };
}

function summaryOf({ events }: ReturnType<typeof plan>): string[] {
  return events.map(({ body, metadata }) => {
    const count = body.type === 'AlertRepeated' ? ` ${body.data.count}` : '';
    return `${body.type}${count} by ${metadata.requestId}`;
  });
}

test('several observations of one alert build on each other', () => {
  const planned = plan([
    anAlert(),
    anAlert(),
    anAlert({ annotations: { summary: 'worse' } }),
    anAlert({ status: 'resolved' }),
    anAlert(),
    anAlert({ startsAt: second }),
  ]);
  expect(planned.expectedVersion).toBe(-1);
  expect(planned.outcomes.map(({ outcome }) => outcome)).toEqual([
    'accepted',
    'duplicate',
    'accepted',
    'accepted',
    'dropped',
    'accepted',
  ]);
  expect(summaryOf(planned)).toEqual([
    'AlertFired by r0',
    'AlertChanged by r2',
    'AlertRepeated 1 by r3',
    'AlertResolved by r3',
    'AlertFired by r5',
  ]);
  expect(planned.repeats).toBeUndefined();
});

test('a repeat makes no event and is counted', () => {
  const planned = plan([anAlert(), anAlert()], {
    state: firing(3),
    repeats: { startsAt: first, count: 4 },
  });
  expect(planned.events).toEqual([]);
  expect(planned.repeats).toEqual({ startsAt: first, count: 6 });
});

test('an episode that clears takes its counted repeats along', () => {
  const planned = plan([anAlert({ status: 'resolved' })], {
    state: firing(3),
    repeats: { startsAt: first, count: 4 },
  });
  expect(summaryOf(planned)).toEqual(['AlertRepeated 7 by r0', 'AlertResolved by r0']);
  expect(planned.repeats).toBeUndefined();
});

test('a repeat that comes late moves the expiry on at once, with all that was counted', () => {
  const state = firing(3, anAlert({ expiresAt: '2026-08-01T11:01:00.000Z' }));
  const late = anAlert({ expiresAt: '2026-08-01T11:04:00.000Z' });
  const planned = plan([late, late], { state, repeats: { startsAt: first, count: 4 } });
  expect(summaryOf(planned)).toEqual(['AlertRepeated 8 by r0']);
  expect(planned.events[0]?.body.data.alert.expiresAt).toBe('2026-08-01T11:04:00.000Z');
  expect(planned.repeats).toEqual({ startsAt: first, count: 1, expiresAt: '2026-08-01T11:04:00.000Z' });
});

test('a repeat that does not move the expiry on is counted, however near that is', () => {
  const alert = anAlert({ expiresAt: '2026-08-01T11:01:00.000Z' });
  const planned = plan([alert], { state: firing(3, alert) });
  expect(planned.events).toEqual([]);
  expect(planned.repeats).toMatchObject({ count: 1 });
});

test('an episode that a newer one replaces takes its counted repeats along', () => {
  const planned = plan([anAlert({ startsAt: second })], {
    state: firing(3),
    repeats: { startsAt: first, count: 4 },
  });
  expect(summaryOf(planned)).toEqual(['AlertRepeated 7 by r0', 'AlertFired by r0']);
  expect(planned.repeats).toBeUndefined();
});

test('a repeat that comes in good time is counted, and its expiry is kept with the count', () => {
  const state = firing(3, anAlert({ expiresAt: '2026-08-01T11:04:00.000Z' }));
  const planned = plan([anAlert({ expiresAt: '2026-08-01T11:05:00.000Z' })], { state });
  expect(planned.events).toEqual([]);
  expect(planned.repeats).toEqual({ startsAt: first, count: 1, expiresAt: '2026-08-01T11:05:00.000Z' });
});

test('a repeat that was counted before a change never moves the expiry back', () => {
  const planned = plan([anAlert({ status: 'resolved' })], {
    state: firing(0, anAlert({ expiresAt: '2026-08-01T11:05:00.000Z' })),
    repeats: { startsAt: first, count: 1, expiresAt: '2026-08-01T11:04:00.000Z' },
  });
  expect(planned.events[0]?.body).toMatchObject({
    type: 'AlertRepeated',
    data: { alert: { expiresAt: '2026-08-01T11:05:00.000Z' } },
  });
});

test('the clock ends no alert that was heard of again, though that is only counted yet', () => {
  const state = firing(0, anAlert({ expiresAt: first }));
  const repeats = { startsAt: first, count: 1, expiresAt: '2026-08-01T11:04:00.000Z' };
  const expire = { command: { kind: 'expire', identity: anAlert() }, metadata: {} } as const;
  const planned = decideStream([expire], { head: { version: 7, state }, context, repeats });
  expect(planned.outcomes).toEqual([{ outcome: 'duplicate' }]);
  expect(planned.events).toMatchObject([
    { body: { type: 'AlertRepeated', data: { alert: { expiresAt: '2026-08-01T11:04:00.000Z' } } } },
  ]);
});

test('a counted repeat of an alert that inhibits others still says that it does', () => {
  const planned = plan([anAlert({ status: 'resolved' })], {
    state: { ...firing(0), inhibits: true },
    repeats: { startsAt: first, count: 1 },
  });
  expect(planned.events[0]?.body).toMatchObject({ type: 'AlertRepeated', data: { inhibits: true } });
});

test('repeats of an older episode are never counted for a newer one', () => {
  const planned = plan([anAlert({ startsAt: second }), anAlert({ startsAt: second })], {
    state: firing(0),
    repeats: { startsAt: '2026-08-01T09:00:00.000Z', count: 4 },
  });
  expect(summaryOf(planned)).toEqual(['AlertFired by r0']);
  expect(planned.repeats).toEqual({ startsAt: second, count: 1 });
});

test('a repeated clear counts for nothing', () => {
  const state: AlertState = {
    status: 'resolved',
    alert: anAlert({ status: 'resolved' }),
    configVersion: 1,
    incidents: [],
    flap: undefined,
    isExpired: false,
  };
  const planned = plan([anAlert({ status: 'resolved' })], { state });
  expect(planned).toMatchObject({ events: [], outcomes: [{ outcome: 'duplicate' }], repeats: undefined });
});
