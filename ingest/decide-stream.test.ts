import { expect, test } from 'vitest';
import type { Alert } from '../domain/alert/alert.ts';
import type { AlertState } from '../domain/alert/state.ts';
import { noHead } from './alert-head.ts';
import { anAlert } from './an-alert.ts';
import { decideStream, type UnwrittenRepeats } from './decide-stream.ts';

const first = '2026-08-01T10:00:00.000Z';
const second = '2026-08-01T11:00:00.000Z';
const context = {
  configVersion: 1,
  route: () => [{ route: 'r', policy: 'p', groupLabels: {}, workflowId: 'incident/default/r/0' }],
};

function plan(alerts: readonly Alert[], from: { state?: AlertState; repeats?: UnwrittenRepeats } = {}) {
  const head = from.state === undefined ? noHead : { version: 7, state: from.state };
  const observations = alerts.map((alert, index) => ({ alert, metadata: { requestId: `r${index}` } }));
  return decideStream(observations, { head, context, repeats: from.repeats });
}

function firing(repeats: number | undefined): AlertState {
  return { status: 'firing', alert: anAlert(), configVersion: 1, incidents: context.route(), repeats };
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

test('no total is made up where it is not known', () => {
  const planned = plan([anAlert({ status: 'resolved' })], {
    state: firing(undefined),
    repeats: { startsAt: first, count: 4 },
  });
  expect(summaryOf(planned)).toEqual(['AlertResolved by r0']);
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
  };
  const planned = plan([anAlert({ status: 'resolved' })], { state });
  expect(planned).toMatchObject({ events: [], outcomes: [{ outcome: 'duplicate' }], repeats: undefined });
});
