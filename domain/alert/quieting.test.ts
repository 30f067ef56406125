import { expect, test } from 'vitest';
import type { AlertEvent, RouteTaken } from '../events/alert-events.ts';
import type { Quieting } from '../suppression/quieting.ts';
import type { Alert } from './alert.ts';
import type { AlertCommand } from './command.ts';
import { decide } from './decide.ts';
import type { DecideContext } from './decide-context.ts';
import { evolve } from './evolve.ts';
import { type AlertState, initialAlertState } from './state.ts';

const start = '2026-08-01T10:00:00.000Z';
const later = '2026-08-01T11:00:00.000Z';
const silence: Quieting = { kind: 'silence', rule: 'maintenance', configVersion: 7 };
const flapping: Quieting = { kind: 'flapping', rule: 'flaps', configVersion: 7 };
const identity = { tenant: 'default', source: 's', fingerprint: '0123456789abcdef' };

function anAlert(changes: Partial<Alert> = {}): Alert {
  const told = { labels: { alertname: 'DiskFull' }, annotations: {}, startsAt: start };
  return { ...identity, status: 'firing', severity: 'critical', ...told, ...changes };
}

function route(name: string, quiet?: Quieting): RouteTaken {
  const taken = { route: name, policy: 'p', groupLabels: {}, workflowId: `incident/${name}` };
  return { ...taken, ...(quiet && { quiet }) };
}

/** `judged` stands for what the rules say at that moment. */
function contextWith(judged: readonly RouteTaken[], changes: Partial<DecideContext> = {}): DecideContext {
  return {
    stream: 'alert-0',
    configVersion: 7,
    nowMs: Date.parse(later),
    route: () => judged.map(({ route: name }) => route(name)),
    judge: () => judged,
    noteChange: () => undefined,
    isInhibitor: () => false,
    ...changes,
  };
}

function after(commands: readonly [AlertCommand, DecideContext][]): {
  events: AlertEvent[];
  state: AlertState;
} {
  const events: AlertEvent[] = [];
  let state: AlertState = initialAlertState;
  for (const [command, context] of commands) {
    const decision = decide(command, state, context);
    if (decision.outcome !== 'accepted') continue;
    events.push(...decision.events);
    state = decision.events.reduce(evolve, state);
  }
  return { events, state };
}

const fires: AlertCommand = { kind: 'observe', alert: anAlert() };
const looks: AlertCommand = { kind: 'rejudge', identity };
const typesOf = (events: readonly AlertEvent[]) => events.map(({ type }) => type);

test('an alert that fires while it is quiet says so beside it, in the same commit', () => {
  const { events } = after([[fires, contextWith([route('a', silence)])]]);
  expect(events).toMatchObject([
    { type: 'AlertFired', data: { incidents: [{ quiet: silence }], replaces: false } },
    { type: 'AlertSuppressed', data: { incidents: [{ quiet: silence }], left: [] } },
  ]);
});

test('an alert may be quiet in one of its incidents alone', () => {
  const { events, state } = after([[fires, contextWith([route('a'), route('b', silence)])]]);
  expect(typesOf(events)).toEqual(['AlertFired', 'AlertSuppressed']);
  expect(state).toMatchObject({ incidents: [route('a'), route('b', silence)] });
});

test('what begins later takes the alert from its incidents, and gives it back when it ends', () => {
  const { events } = after([
    [fires, contextWith([route('a')])],
    [looks, contextWith([route('a', silence)])],
    [looks, contextWith([route('a', silence)])],
    [looks, contextWith([route('a')])],
    [looks, contextWith([route('a')])],
  ]);
  expect(events).toMatchObject([
    { type: 'AlertFired' },
    { type: 'AlertSuppressed', data: { left: ['incident/a'], incidents: [{ quiet: silence }] } },
    { type: 'AlertReleased', data: { joined: ['incident/a'], incidents: [route('a')] } },
  ]);
});

test('a second reason that outlives the first is recorded, and pages nobody', () => {
  const { events } = after([
    [fires, contextWith([route('a', silence)])],
    [looks, contextWith([route('a', flapping)])],
  ]);
  expect(events.slice(2)).toMatchObject([
    { type: 'AlertSuppressed', data: { left: [], incidents: [{ quiet: flapping }] } },
  ]);
});

test('an alert that changes into what its silence does not match is released at once', () => {
  const worse: AlertCommand = { kind: 'observe', alert: anAlert({ annotations: { summary: 'worse' } }) };
  const { events } = after([
    [fires, contextWith([route('a', silence)])],
    [worse, contextWith([route('a')])],
  ]);
  expect(typesOf(events.slice(2))).toEqual(['AlertChanged', 'AlertReleased']);
});

test('a look at an alert that does not fire changes nothing', () => {
  const context = contextWith([route('a', silence)]);
  expect(decide(looks, initialAlertState, context)).toEqual({ outcome: 'duplicate' });
  const over: AlertCommand = { kind: 'clear', identity, at: later };
  const { state } = after([
    [fires, context],
    [over, context],
  ]);
  for (const late of [looks, { kind: 'expire', identity } as const])
    expect(decide(late, state, context)).toEqual({ outcome: 'duplicate' });
});

test('a look that finds all as it was is no fact', () => {
  const context = contextWith([route('a', silence)]);
  const { state } = after([[fires, context]]);
  expect(decide(looks, state, context)).toEqual({ outcome: 'duplicate' });
});

test.each<[string, Partial<Quieting>]>([
  ['another kind', { kind: 'mute' }],
  ['another rule', { rule: 'another' }],
  ['a later end', { until: later }],
])('staying quiet for %s is a fact', (_, changes) => {
  const { events } = after([
    [fires, contextWith([route('a', silence)])],
    [looks, contextWith([route('a', { ...silence, ...changes })])],
  ]);
  expect(typesOf(events)).toEqual(['AlertFired', 'AlertSuppressed', 'AlertSuppressed']);
});

test('rules are asked about the alert as it is now, and know whether its episode begins', () => {
  const asked: [string | undefined, boolean][] = [];
  const context = contextWith([], {
    judge: ({ alert, routes, isNew }) => {
      asked.push([alert.annotations.summary, isNew]);
      return routes;
    },
  });
  const worse: AlertCommand = { kind: 'observe', alert: anAlert({ annotations: { summary: 'worse' } }) };
  after([
    [fires, context],
    [looks, context],
    [worse, context],
  ]);
  expect(asked).toEqual([
    [undefined, true],
    [undefined, false],
    ['worse', false],
  ]);
});

test('a newer episode that is quiet leaves the incident that counted the older one', () => {
  const anew: AlertCommand = { kind: 'observe', alert: anAlert({ startsAt: later }) };
  const { events } = after([
    [fires, contextWith([route('a')])],
    [anew, contextWith([route('a', silence)])],
  ]);
  expect(events.slice(1)).toMatchObject([
    { type: 'AlertResolved', data: { reason: 'superseded', incidents: [route('a')] } },
    { type: 'AlertFired', data: { replaces: false } },
    { type: 'AlertSuppressed', data: { left: [] } },
  ]);
});

test('a quiet episode that a newer one replaces joins as new when it is quiet no more', () => {
  const anew: AlertCommand = { kind: 'observe', alert: anAlert({ startsAt: later }) };
  const { events } = after([
    [fires, contextWith([route('a', silence)])],
    [anew, contextWith([route('a')])],
  ]);
  expect(events.slice(2)).toMatchObject([
    { type: 'AlertResolved', data: { reason: 'superseded' } },
    { type: 'AlertFired', data: { replaces: false, incidents: [route('a')] } },
  ]);
});

test('a sender that only names the alert clears it with all that is known of it', () => {
  const context = contextWith([route('a')]);
  const { events } = after([
    [fires, context],
    [{ kind: 'clear', identity, at: later }, context],
  ]);
  expect(events[1]).toMatchObject({
    type: 'AlertResolved',
    data: {
      alert: { status: 'resolved', endsAt: later, labels: { alertname: 'DiskFull' } },
      reason: 'cleared',
    },
  });
});

test.each<AlertCommand>([
  { kind: 'clear', identity, at: later },
  { kind: 'acknowledge', identity, at: later },
])('$kind without an open alert is dropped', (command) => {
  const dropped = { outcome: 'dropped', reason: 'no_open_alert' };
  expect(decide(command, initialAlertState, contextWith([]))).toEqual(dropped);
});

test('an acknowledgement is one fact, however often it is said', () => {
  const context = contextWith([route('a')]);
  const acknowledges: AlertCommand = { kind: 'acknowledge', identity, at: later };
  const { events } = after([
    [fires, context],
    [acknowledges, context],
    [acknowledges, context],
  ]);
  expect(typesOf(events)).toEqual(['AlertFired', 'AlertAcknowledged']);
});

test('an alert expires once its time is over, and not while its sender still speaks', () => {
  const context = contextWith([route('a')]);
  const expire: AlertCommand = { kind: 'expire', identity };
  const until = (expiresAt: string): AlertCommand => ({ kind: 'observe', alert: anAlert({ expiresAt }) });
  const alive = after([[until('2026-08-01T11:00:00.001Z'), context]]).state;
  expect(decide(expire, alive, context)).toEqual({ outcome: 'duplicate' });
  const over = after([[until(later), context]]).state;
  expect(decide(expire, over, context)).toMatchObject({
    outcome: 'accepted',
    events: [
      { type: 'AlertResolved', data: { reason: 'expired', alert: { status: 'resolved', endsAt: later } } },
    ],
  });
  expect(decide(expire, after([[fires, context]]).state, context)).toEqual({ outcome: 'duplicate' });
});

test('an episode that is heard of again after it expired fires again', () => {
  const context = contextWith([route('a')]);
  const heard: AlertCommand = { kind: 'observe', alert: anAlert({ expiresAt: later }) };
  const { events } = after([
    [heard, context],
    [{ kind: 'expire', identity }, context],
    [heard, context],
  ]);
  expect(typesOf(events)).toEqual(['AlertFired', 'AlertResolved', 'AlertFired']);
});

/** Writes down every change that it is told of, on top of what is known. */
const writesDown: Partial<DecideContext> = {
  noteChange: ({ status, startsAt }, before) => ({
    changes: [...(before?.changes ?? []), `${status} ${startsAt}`],
  }),
};

test('each firing and each clear is remembered once, through all that happens to the alert', () => {
  const [loud, quiet] = [
    contextWith([route('a')], writesDown),
    contextWith([route('a', silence)], writesDown),
  ];
  const anew: AlertCommand = { kind: 'observe', alert: anAlert({ startsAt: later, expiresAt: later }) };
  const again: AlertCommand = { kind: 'observe', alert: anAlert({ startsAt: '2026-08-01T12:00:00.000Z' }) };
  const { events } = after([
    [fires, loud],
    [looks, quiet],
    [{ kind: 'observe', alert: anAlert({ status: 'resolved' }) }, loud],
    [anew, loud],
    [{ kind: 'expire', identity }, loud],
    [again, loud],
    [{ kind: 'observe', alert: anAlert({ startsAt: '2026-08-01T13:00:00.000Z' }) }, quiet],
  ]);
  const one = `firing ${start}`;
  const two = [one, `resolved ${start}`];
  const three = [...two, `firing ${later}`];
  const four = [...three, `resolved ${later}`];
  const five = [...four, 'firing 2026-08-01T12:00:00.000Z'];
  const six = [...five, 'firing 2026-08-01T13:00:00.000Z'];
  expect(events.map(({ type, data }) => [type, data.flap?.changes])).toEqual([
    ['AlertFired', [one]],
    ['AlertSuppressed', [one]],
    ['AlertResolved', two],
    ['AlertFired', three],
    ['AlertResolved', four],
    ['AlertFired', five],
    ['AlertResolved', five],
    ['AlertFired', six],
    ['AlertSuppressed', six],
  ]);
});

test('what is over expires no more', () => {
  const context = contextWith([route('a')]);
  const heard: AlertCommand = { kind: 'observe', alert: anAlert({ expiresAt: later }) };
  const { events } = after([
    [heard, context],
    [{ kind: 'clear', identity, at: later }, context],
  ]);
  expect(events[1]?.data.alert).not.toHaveProperty('expiresAt');
});

test('what is known of an alert besides goes along when it is quieted', () => {
  const context = contextWith([route('a', silence)], { isInhibitor: () => true });
  const state = { ...after([[fires, contextWith([route('a')])]]).state, repeats: 4 };
  expect(decide(looks, state as AlertState, context)).toMatchObject({
    events: [{ type: 'AlertSuppressed', data: { repeats: 4, inhibits: true } }],
  });
});

test('an alert that flaps is marked, and its record goes along with every change', () => {
  const flap = { changes: [start], flappingSince: start };
  const context = contextWith([route('a')], { noteChange: () => flap });
  const { events, state } = after([[fires, context]]);
  expect(events[0]?.data).toMatchObject({ flap, alert: { flags: ['flapping'] } });
  const marked: AlertCommand = { kind: 'observe', alert: anAlert({ flags: ['text_replaced', 'cut'] }) };
  expect(after([[marked, context]]).events[0]?.data.alert.flags).toEqual([
    'cut',
    'flapping',
    'text_replaced',
  ]);
  expect(state).toMatchObject({ flap });
});

test('of two senders with different starts either keeps the alert alive, and its episode is the newer one', () => {
  const context = contextWith([route('a')]);
  const ahead = '2026-08-01T11:05:00.000Z';
  const newer: AlertCommand = {
    kind: 'observe',
    alert: anAlert({ startsAt: '2026-08-01T10:00:03.000Z', expiresAt: later }),
  };
  const older: AlertCommand = { kind: 'observe', alert: anAlert({ expiresAt: ahead }) };
  const { state } = after([[newer, context]]);
  expect(decide(older, state, context)).toEqual({ outcome: 'duplicate' });
  const { events } = after([
    [newer, context],
    [{ kind: 'expire', identity }, context],
    [older, context],
  ]);
  expect(events).toMatchObject([
    { type: 'AlertFired' },
    { type: 'AlertResolved', data: { reason: 'expired' } },
    { type: 'AlertFired', data: { alert: { startsAt: '2026-08-01T10:00:03.000Z', expiresAt: ahead } } },
  ]);
});

test('a firing that is older and no longer meant to last is dropped, whatever became of the newer one', () => {
  const context = contextWith([route('a')]);
  const newer: AlertCommand = { kind: 'observe', alert: anAlert({ startsAt: later, expiresAt: later }) };
  const dropped = { outcome: 'dropped', reason: 'older_episode' };
  for (const expiresAt of [{}, { expiresAt: later }]) {
    const old: AlertCommand = { kind: 'observe', alert: anAlert(expiresAt) };
    expect(decide(old, after([[newer, context]]).state, context)).toEqual(dropped);
    const { state } = after([
      [newer, context],
      [{ kind: 'expire', identity }, context],
    ]);
    expect(decide(old, state, context)).toEqual(dropped);
  }
});

test('an old firing that claims to last revives nothing that its sender has cleared', () => {
  const context = contextWith([route('a')]);
  const over: AlertCommand = { kind: 'observe', alert: anAlert({ startsAt: later, status: 'resolved' }) };
  const old: AlertCommand = { kind: 'observe', alert: anAlert({ expiresAt: '2026-08-01T12:00:00.000Z' }) };
  const dropped = { outcome: 'dropped', reason: 'older_episode' };
  expect(decide(old, after([[over, context]]).state, context)).toEqual(dropped);
});

test('an alert that inhibits others says so in every event until it is over', () => {
  const context = contextWith([route('a')], { isInhibitor: () => true });
  const { events, state } = after([
    [fires, context],
    [{ kind: 'acknowledge', identity, at: later }, context],
  ]);
  expect(events).toMatchObject([{ data: { inhibits: true } }, { data: { inhibits: true } }]);
  expect(state).toMatchObject({ inhibits: true });
});

test('behind an incident that a human closed it fires once more, to those that count it', () => {
  const routes = [route('a'), route('b'), route('c', silence)];
  const context = contextWith(routes);
  const workflowIds = ['incident/b', 'incident/c', 'incident/other'];
  const { events } = after([
    [fires, context],
    [{ kind: 'reopen', identity, workflowIds }, context],
  ]);
  expect(events.at(-1)).toMatchObject({
    type: 'AlertReleased',
    data: { alert: { status: 'firing' }, incidents: routes, joined: ['incident/b'] },
  });
});

test('nothing reopens that is over, or that nobody counts', () => {
  const context = contextWith([route('a', silence)]);
  const reopen: AlertCommand = { kind: 'reopen', identity, workflowIds: ['incident/a'] };
  const { events } = after([
    [fires, context],
    [reopen, context],
    [{ kind: 'clear', identity, at: later }, context],
    [reopen, context],
  ]);
  expect(typesOf(events)).toEqual(['AlertFired', 'AlertSuppressed', 'AlertResolved']);
});

test('what nobody was heard of is over, whenever it expires, and the next word of it begins anew', () => {
  const context = contextWith([route('a')]);
  const { events } = after([
    [fires, context],
    [{ kind: 'expire', identity }, context],
    [{ kind: 'expire', identity, isUnheard: true }, context],
    [fires, context],
  ]);
  expect(typesOf(events)).toEqual(['AlertFired', 'AlertResolved', 'AlertFired']);
  expect(events[1]).toMatchObject({ data: { reason: 'expired', alert: { endsAt: later } } });
});
