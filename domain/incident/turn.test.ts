import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aPolicy, aReference, aSubject, opsTarget } from '../../test/support/incident-events.ts';
import type { IncidentEvent } from '../events/incident-events.ts';
import { planNext } from '../policy/plan.ts';
import { decideCommand } from './decide.ts';
import { fold } from './fold.ts';
import type { Incident } from './incident.ts';
import type { IncidentCommand } from './protocol.ts';
import { type Happenings, nothingHappened, openingTurn, takeTurn } from './turn.ts';

const startMs = Date.parse('2026-01-05T09:00:00.000Z');
const policy = aPolicy();
const slackTarget = { ...opsTarget, name: 'channel:chat', channel: 'chat', provider: 'slack', updates: true };

function open(changes: Parameters<typeof aPolicy>[0] = {}): Incident {
  return mustFold(undefined, openEvents(changes));
}

function openEvents(changes: Parameters<typeof aPolicy>[0] = {}, reference = aReference()): IncidentEvent[] {
  const opening = {
    subject: aSubject(),
    first: reference,
    policy: aPolicy(changes),
    references: [reference],
  };
  return openingTurn(opening, startMs);
}

function mustFold(state: Incident | undefined, events: readonly IncidentEvent[]): Incident {
  const folded = fold(state, events);
  if (folded === undefined) throw new Error('nothing was folded');
  return folded;
}

function turn(
  state: Incident,
  atMs: number,
  happenings: Partial<Happenings> = {},
): [Incident, IncidentEvent[]] {
  const events = takeTurn(state, { ...nothingHappened, ...happenings }, atMs);
  return [mustFold(state, events), events];
}

function command(name: IncidentCommand['name'], more: object = {}): Pick<Happenings, 'command'> {
  const request = {
    name,
    command: { incidentId: aReference().incidentId, by: 'amy', via: 'api', requestId: 'r1', ...more },
  };
  return { command: (incident, at) => decideCommand(incident, request as IncidentCommand, at) };
}

function types(events: readonly IncidentEvent[]): string[] {
  return events.map(({ type }) => type);
}

function stepsOf(events: readonly IncidentEvent[]) {
  return events.flatMap((event) => (event.type === 'StepStarted' ? [event.data] : []));
}

describe('opening', () => {
  test('pages the first step in the same turn', () => {
    expect(types(openEvents())).toEqual([
      'IncidentOpened',
      'AlertsAttached',
      'StepStarted',
      'NotificationRequested',
    ]);
  });

  test('takes a cleared alert of the same batch into account', () => {
    const references = [aReference(), aReference({ kind: 'cleared', position: 8 })];
    const opening = { subject: aSubject(), first: aReference(), policy, references };
    const events = openingTurn(opening, startMs);
    expect(types(events)).toContain('AlertsCleared');
    expect(mustFold(undefined, events).positions).toEqual({ '1': 8 });
  });
});

describe('escalating', () => {
  test('waits until the step is due, then pages the next one', () => {
    const [same, early] = turn(open(), startMs + 29_999);
    expect(early).toEqual([]);
    const [, due] = turn(same, startMs + 30_000);
    expect(stepsOf(due)).toMatchObject([{ round: 0, step: 1, reason: 'not_acknowledged' }]);
  });

  test('repeats the rounds that the policy asks for and then says so', () => {
    let state = open();
    const seen: string[] = [];
    for (let index = 1; index <= 6; index += 1) {
      const [next, events] = turn(state, startMs + index * 30_000);
      state = next;
      seen.push(...types(events).filter((type) => type !== 'NotificationRequested'));
    }
    expect(seen).toEqual(['StepStarted', 'StepStarted', 'StepStarted', 'EscalationExhausted']);
    expect(state.ladder).toMatchObject({ round: 1, step: 1, exhausted: true });
  });

  test('goes on at once when every page of a step is dead', () => {
    const state = open();
    const key = state.pending[0]?.key ?? '';
    const [, events] = turn(state, startMs + 5_000, {
      ends: [{ kind: 'dead', key, reason: 'gone', attempts: 5 }],
    });
    expect(types(events)).toEqual(['NotificationDeadLettered', 'StepStarted', 'NotificationRequested']);
    expect(stepsOf(events)).toMatchObject([{ step: 1, reason: 'undeliverable' }]);
  });

  test('lets dead pages of the last step wait for the next round', () => {
    const [last] = turn(open(), startMs + 30_000);
    const ends = last.pending.map(({ key }) => ({ kind: 'dead' as const, key, reason: 'gone', attempts: 5 }));
    const [, events] = turn(last, startMs + 31_000, { ends });
    expect(stepsOf(events)).toEqual([]);
  });

  test('never pages one target twice in a step', () => {
    const state = open({ steps: [{ targets: [opsTarget, opsTarget], waitMs: 1_000 }] });
    expect(state.pending).toHaveLength(1);
  });

  test('ignores references that it has taken in before', () => {
    const [, events] = turn(open(), startMs + 1_000, { references: [aReference()] });
    expect(events).toEqual([]);
  });
});

describe('commands', () => {
  test('acknowledging stops the ladder', () => {
    const [acknowledged] = turn(open(), startMs + 1_000, command('acknowledge'));
    expect(acknowledged).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'amy' });
    expect(turn(acknowledged, startMs + 9e6)[1]).toEqual([]);
  });

  test('a sender that takes care of an alert takes care of what came before it said so', () => {
    const told = (...kinds: [kind: 'fired' | 'acknowledged', severity: 'warning' | 'critical'][]) => ({
      references: kinds.map(([kind, severity], at) => aReference({ kind, severity, position: 100 + at })),
    });
    const [warned] = turn(mustFold(undefined, openEvents({}, aReference({ severity: 'warning' }))), startMs);
    const stateAfter = (happenings: Partial<Happenings>) => turn(warned, startMs + 1_000, happenings)[0];
    expect(stateAfter(told(['acknowledged', 'warning']))).toMatchObject({ status: 'acknowledged' });
    expect(stateAfter(told(['fired', 'critical'], ['acknowledged', 'critical']))).toMatchObject({
      status: 'acknowledged',
      severity: 'critical',
    });
    const [worse, events] = turn(
      warned,
      startMs + 1_000,
      told(['acknowledged', 'warning'], ['fired', 'critical']),
    );
    expect(worse).toMatchObject({ status: 'open', severity: 'critical', positions: { '1': 101 } });
    expect(stepsOf(events)).toMatchObject([{ reason: 'severity_raised' }]);
  });

  test('acknowledging twice changes nothing', () => {
    const [acknowledged] = turn(open(), startMs + 1_000, command('acknowledge'));
    expect(turn(acknowledged, startMs + 2_000, command('acknowledge'))[1]).toEqual([]);
  });

  test('escalating goes to the next step at once, and after an acknowledgement too', () => {
    const [acknowledged] = turn(open(), startMs + 1_000, command('acknowledge'));
    const [, events] = turn(acknowledged, startMs + 2_000, command('escalate'));
    expect(stepsOf(events)).toMatchObject([{ round: 0, step: 1, reason: 'escalated' }]);
  });

  test('escalating past the last step begins a new round', () => {
    const [second] = turn(open(), startMs + 1_000, command('escalate'));
    const [, events] = turn(second, startMs + 2_000, command('escalate'));
    expect(stepsOf(events)).toMatchObject([{ round: 1, step: 0, reason: 'escalated' }]);
  });

  test('reassigning pages the given target and then goes on', () => {
    const [reassigned, events] = turn(
      open(),
      startMs + 1_000,
      command('reassign', { targets: [slackTarget] }),
    );
    expect(stepsOf(events)).toMatchObject([
      { round: 1, step: 0, reason: 'reassigned', targets: [slackTarget] },
    ]);
    expect(stepsOf(turn(reassigned, startMs + 31_000)[1])).toMatchObject([{ round: 1, step: 1 }]);
  });

  test('a snooze is quiet until its end and then starts from the first step', () => {
    const until = new Date(startMs + 60_000).toISOString();
    const [snoozed] = turn(open(), startMs + 1_000, command('snooze', { until }));
    expect(turn(snoozed, startMs + 59_999)[1]).toEqual([]);
    expect(stepsOf(turn(snoozed, startMs + 60_000)[1])).toMatchObject([
      { round: 1, step: 0, reason: 'snooze_ended' },
    ]);
  });

  test('a human who resolves remembers which episodes were meant', () => {
    const [resolved] = turn(open(), startMs + 1_000, command('resolve'));
    expect(resolved).toMatchObject({
      status: 'resolved',
      resolvedBy: 'amy',
      resolvedReason: 'by_human',
      positions: { '1': 7 },
    });
  });
});

describe('alerts that join', () => {
  const warning = openEvents({}, aReference({ severity: 'warning' }));

  test('a higher severity ends an acknowledgement', () => {
    const [acknowledged] = turn(mustFold(undefined, warning), startMs + 1_000, command('acknowledge'));
    const joining = [aReference({ position: 9, severity: 'critical' })];
    const [, events] = turn(acknowledged, startMs + 2_000, { references: joining });
    expect(stepsOf(events)).toMatchObject([{ round: 1, step: 0, reason: 'severity_raised' }]);
  });

  test('an equal severity leaves an acknowledgement alone', () => {
    const [acknowledged] = turn(mustFold(undefined, warning), startMs + 1_000, command('acknowledge'));
    const joining = [aReference({ position: 9, severity: 'warning' })];
    const [, events] = turn(acknowledged, startMs + 2_000, { references: joining });
    expect(types(events)).toEqual(['AlertsAttached']);
  });

  test('a newer episode of the same alert is not counted again', () => {
    const [state] = turn(open(), startMs + 1_000, {
      references: [aReference({ position: 9, replaces: true })],
    });
    expect(state.attached).toBe(1);
  });
});

describe('messages that are edited', () => {
  const steps = [{ targets: [slackTarget], waitMs: 30_000 }];
  const page = (state: Incident) => {
    const key = state.pending[0]?.key ?? '';
    return turn(state, startMs + 100, {
      ends: [{ kind: 'delivered', key, providerId: 'C1:1.2', attempts: 1 }],
    })[0];
  };

  test('are updated on acknowledge and on resolve, once each', () => {
    const [acknowledged, first] = turn(page(open({ steps })), startMs + 1_000, command('acknowledge'));
    expect(first[1]).toMatchObject({
      type: 'NotificationRequested',
      data: { kind: 'update', providerId: 'C1:1.2' },
    });
    expect(turn(acknowledged, startMs + 2_000)[1]).toEqual([]);
    const key = acknowledged.pending[0]?.key ?? '';
    const [settled] = turn(acknowledged, startMs + 2_000, {
      ends: [{ kind: 'delivered', key, providerId: 'C1:1.2', attempts: 1 }],
    });
    const [, second] = turn(settled, startMs + 3_000, { nothingFires: true });
    expect(types(second)).toEqual(['IncidentResolved', 'NotificationRequested']);
    expect(second[1]).toMatchObject({ data: { kind: 'resolved' } });
  });

  test('are corrected when the page arrived after the acknowledgement', () => {
    const [acknowledged] = turn(open({ steps }), startMs + 50, command('acknowledge'));
    const key = acknowledged.pending[0]?.key ?? '';
    const [, events] = turn(acknowledged, startMs + 100, {
      ends: [{ kind: 'delivered', key, providerId: 'C1:1.2', attempts: 1 }],
    });
    expect(types(events)).toEqual(['NotificationDelivered', 'NotificationRequested']);
  });
});

describe('any course of events', () => {
  const happening = fc.oneof(
    fc.constantFrom('acknowledge', 'escalate', 'note').map((name) => command(name as 'note', { text: 'x' })),
    fc.integer({ min: 1, max: 90_000 }).map((aheadMs) => ({ snoozeMs: aheadMs })),
    fc.constant({ kill: 'delivered' as const }),
    fc.constant({ kill: 'dead' as const }),
    fc.constant({}),
  );
  const course = fc.array(fc.tuple(fc.integer({ min: 0, max: 45_000 }), happening), { maxLength: 40 });

  function play(turns: readonly (readonly [number, object])[], changes: Parameters<typeof aPolicy>[0]) {
    let state = open(changes);
    let nowMs = startMs;
    const events = openEvents(changes);
    for (const [passedMs, what] of turns) {
      nowMs += passedMs;
      const [next, decided] = turn(state, nowMs, happeningsOf(state, what, nowMs));
      state = next;
      events.push(...decided);
    }
    return { state, events, nowMs };
  }

  function happeningsOf(state: Incident, what: object, nowMs: number): Partial<Happenings> {
    if ('snoozeMs' in what) {
      return command('snooze', { until: new Date(nowMs + Number(what.snoozeMs)).toISOString() });
    }
    if (!('kill' in what)) return what;
    const end = { providerId: 'id', reason: 'gone', attempts: 1 };
    return { ends: state.pending.map(({ key }) => ({ ...end, key, kind: what.kill as 'dead' })) };
  }

  test('never begins a step early, never reuses a key, and folds to what was decided', () => {
    fc.assert(
      fc.property(course, fc.integer({ min: 0, max: 3 }), (turns, repeat) => {
        const { events, state } = play(turns, { repeat });
        expect(fold(undefined, events)).toEqual(state);
        const keys = events.flatMap((event) =>
          event.type === 'NotificationRequested' ? [event.data.key] : [],
        );
        expect(new Set(keys).size).toBe(keys.length);
        const steps = stepsOf(events);
        for (const [index, step] of steps.entries()) {
          expect(Date.parse(step.at)).toBeGreaterThanOrEqual(Date.parse(step.dueAt));
          const before = steps[index - 1];
          if (step.reason !== 'not_acknowledged' && step.reason !== 'repeat') continue;
          expect(Date.parse(step.at) - Date.parse(before?.at ?? '')).toBeGreaterThanOrEqual(
            before?.waitMs ?? 0,
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  test('comes to rest when nobody says anything more', () => {
    fc.assert(
      fc.property(course, fc.integer({ min: 0, max: 3 }), (turns, repeat) => {
        const played = play(turns, { repeat });
        let { state, nowMs } = played;
        for (let index = 0; index < 4 * (repeat + 2) && planNext(state, nowMs).kind !== 'idle'; index += 1) {
          nowMs += 90_000;
          [state] = turn(state, nowMs);
        }
        expect(planNext(state, nowMs)).toEqual({ kind: 'idle' });
      }),
      { numRuns: 300 },
    );
  });
});
