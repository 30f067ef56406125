import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  answerAll,
  answerWith,
  channel,
  command,
  courseStartMs,
  endOf,
  type Fate,
  person,
  user,
} from '../../test/support/incident-course.ts';
import { aPolicy, aReference, aSubject } from '../../test/support/incident-events.ts';
import type { IncidentEvent } from '../events/incident-events.ts';
import type { StepQuestion, StepResolution } from '../people/step-resolution.ts';
import { isDue, planNext } from '../policy/plan.ts';
import type { PolicySnapshot, PolicyStep, StepMode } from '../policy/policy.ts';
import { isRunning } from './chains.ts';
import { fold } from './fold.ts';
import type { Incident } from './incident.ts';
import { isUnwanted } from './notifying.ts';
import { type Happenings, nothingHappened, openingTurn, takeTurn } from './turn.ts';

// Incidents of any policy, to which anything happens at any time: what must hold whatever that is.

const maybe = (arbitrary: fc.Arbitrary<number>) => fc.option(arbitrary, { nil: undefined });
const seconds = (min: number, max: number) => fc.integer({ min, max }).map((count) => count * 1_000);

const targets = fc.uniqueArray(
  fc.constantFrom(
    channel('chat', { updates: true }),
    channel('pager', { undoable: true }),
    channel('beeper', { undoable: true, updates: true }),
    channel('plain'),
    user('amy'),
    user('bo'),
  ),
  { minLength: 0, maxLength: 4, selector: ({ name }) => name },
);

const step: fc.Arbitrary<PolicyStep> = fc
  .record({
    targets,
    waitMs: seconds(0, 120),
    mode: fc.constantFrom<StepMode>('all', 'first_success', 'all_or_nothing'),
    isConditional: fc.boolean(),
    isDelayed: fc.boolean(),
  })
  .map(({ isConditional, isDelayed, ...one }) => ({
    ...one,
    ...(isConditional && { when: [{ kind: 'alerts' as const, atLeast: 2 }] }),
    ...(isDelayed && { delayUntil: 'business' }),
  }));

const policies = fc
  .record({
    steps: fc.array(step, { maxLength: 4 }),
    repeat: fc.integer({ min: 0, max: 3 }),
    hasFallback: fc.boolean(),
    ackTimeoutMs: maybe(seconds(1, 300)),
    remindEveryMs: maybe(seconds(1, 300)),
    autoResolveMs: maybe(seconds(300, 3_000)),
    resolveHoldMs: maybe(seconds(1, 60)),
    maxAgeMs: maybe(seconds(10, 600)),
  })
  .map(({ hasFallback, ...some }) => {
    const known = Object.fromEntries(Object.entries(some).filter(([, value]) => value !== undefined));
    return aPolicy({ ...known, ...(hasFallback && { onExhausted: [channel('ops')] }) });
  });

const happening = fc.oneof(
  fc.constantFrom('acknowledge', 'escalate', 'snooze', 'resolve', 'reassign').map((name) => ({ name })),
  fc.constantFrom<Fate>('delivered', 'rejected', 'unknown').map((fate) => ({ fate, share: 1 })),
  fc.record({
    fate: fc.constantFrom<Fate>('delivered', 'rejected', 'unknown'),
    share: fc.constantFrom(0.3, 0.6),
  }),
  fc.constantFrom({ clears: true }, { fires: true }, { worse: true }, { redelivers: true }, {}),
  fc.constantFrom<StepResolution['kind']>('page', 'skip', 'delay').map((answer) => ({ answer })),
);

interface Happening {
  readonly name?: string;
  readonly fate?: Fate;
  readonly share?: number;
  readonly clears?: boolean;
  readonly fires?: boolean;
  readonly worse?: boolean;
  readonly redelivers?: boolean;
  readonly answer?: StepResolution['kind'];
}

const courses = fc.array(fc.tuple(seconds(0, 90), happening), { maxLength: 40 });

function answerTo(question: StepQuestion, kind: StepResolution['kind'] = 'page'): StepResolution {
  if (kind === 'skip') return { kind, reason: 'condition', notes: [] };
  if (kind === 'delay' && question.delayUntil !== undefined) return { kind, untilMs: question.atMs + 45_000 };
  const names = question.targets.flatMap((target) => (target.kind === 'user' ? [target.user] : []));
  const people = names.map((name) => person(name, { phone: 0, mail: 30_000, chat: 70_000 }));
  return people.length === 0 ? answerAll(question) : answerWith(...people)(question);
}

function happeningsOf(
  state: Incident,
  what: Happening,
  nowMs: number,
  position: number,
): Partial<Happenings> {
  if (what.name !== undefined) {
    const until = new Date(nowMs + 60_000).toISOString();
    return command(what.name as 'snooze', { until, targets: [user('amy'), channel('plain')] });
  }
  const { fate, share = 1 } = what;
  if (fate !== undefined) {
    const ended = state.pending.slice(0, Math.ceil(state.pending.length * share));
    return {
      ends: ended.flatMap((pending) => endOf(pending, isUnwanted(state, pending) ? 'delivered' : fate)),
    };
  }
  if (what.clears) return { nothingFires: true };
  if (what.fires || what.worse) {
    const severity = what.worse ? 'critical' : 'info';
    return { references: [aReference({ position, severity })] };
  }
  if (what.redelivers) return { redeliver: { keys: state.deadLetters.map(({ key }) => key), by: 'amy' } };
  const plan = planNext(state, nowMs);
  if (plan.kind !== 'resolve') return {};
  const { round, step: index, reason, question } = plan;
  return { resolution: { round, step: index, reason, answer: answerTo(question, what.answer) } };
}

interface Turn {
  readonly before: Incident | undefined;
  readonly events: readonly IncidentEvent[];
  readonly nowMs: number;
}

interface Played {
  readonly state: Incident;
  readonly turns: readonly Turn[];
  readonly nowMs: number;
}

/** Each happening is a turn of its own; after it the incident does what is due, which must be something. */
function play(policy: PolicySnapshot, course: readonly (readonly [number, Happening])[]): Played {
  const turns: Turn[] = [];
  let state: Incident | undefined;
  let nowMs = courseStartMs;
  const record = (events: readonly IncidentEvent[]) => {
    turns.push({ before: state, events, nowMs });
    state = fold(state, events);
  };
  const reference = aReference({ severity: 'warning' });
  record(openingTurn({ subject: aSubject(), first: reference, policy, references: [reference] }, nowMs));
  for (const [index, [passedMs, what]] of course.entries()) {
    nowMs += passedMs;
    if (state === undefined) break;
    record(takeTurn(state, { ...nothingHappened, ...happeningsOf(state, what, nowMs, index + 10) }, nowMs));
    settle(() => state, record, nowMs);
  }
  if (state === undefined) throw new Error('nothing was folded');
  return { state, turns, nowMs };
}

function settle(
  state: () => Incident | undefined,
  record: (events: readonly IncidentEvent[]) => void,
  nowMs: number,
) {
  for (let index = 0; index < 60; index += 1) {
    const incident = state();
    if (incident === undefined || !isDue(planNext(incident, nowMs))) return;
    const events = takeTurn(incident, nothingHappened, nowMs);
    if (events.length === 0) throw new Error('something is due, and nothing happens');
    record(events);
  }
  throw new Error('the incident does not come to rest');
}

/** Every event with the state that it found. */
function* eventsOf({ turns }: Played): Generator<{ before: Incident; event: IncidentEvent; nowMs: number }> {
  for (const { before, events, nowMs } of turns) {
    let state = before;
    for (const event of events) {
      if (state !== undefined) yield { before: state, event, nowMs };
      state = fold(state, [event]);
    }
  }
}

function always(check: (played: Played) => void) {
  fc.assert(
    fc.property(policies, courses, (policy, course) => check(play(policy, course))),
    { numRuns: 400 },
  );
}

test('what was decided folds to the state that decided it', () => {
  always(({ turns, state }) => {
    expect(
      fold(
        undefined,
        turns.flatMap(({ events }) => events),
      ),
    ).toEqual(state);
  });
});

test('no key is ever used twice', () => {
  always(({ turns }) => {
    const keys = turns
      .flatMap(({ events }) => events)
      .flatMap((event) => (event.type === 'NotificationRequested' ? [event.data.key] : []));
    expect(new Set(keys).size).toBe(keys.length);
  });
});

test('no step, contact or reminder is early', () => {
  always((played) => {
    for (const { before, event, nowMs } of eventsOf(played)) {
      if (event.type === 'StepStarted') {
        expect(nowMs).toBeGreaterThanOrEqual(Date.parse(event.data.dueAt));
        const { ladder } = before;
        const isPatient = event.data.reason === 'not_acknowledged' || event.data.reason === 'repeat';
        if (isPatient && ladder !== undefined)
          expect(nowMs).toBeGreaterThanOrEqual(Date.parse(ladder.startedAt) + ladder.waitMs);
      }
      if (
        event.type === 'NotificationRequested' &&
        event.data.target.kind === 'contact' &&
        event.data.kind === 'page'
      ) {
        const { round, step: index, target, sequence } = event.data;
        const chain = before.chains.find(
          (one) => one.round === round && one.step === index && target.name.startsWith(`user:${one.user}/`),
        );
        const dueMs = Date.parse(chain?.startedAt ?? '') + (chain?.contacts[sequence]?.afterMs ?? 0);
        if (chain?.hurriedAt === undefined) expect(nowMs).toBeGreaterThanOrEqual(dueMs);
      }
    }
  });
});

test('once somebody has answered, no page is requested and no dead page is sent again', () => {
  always((played) => {
    for (const { before, event } of eventsOf(played)) {
      const isPage = event.type === 'NotificationRequested' && event.data.kind === 'page';
      const again = event.type === 'NotificationRedelivered' ? event.data.key : undefined;
      const isAgain = before.deadLetters.some(({ key, kind }) => key === again && kind === 'page');
      if (isPage || isAgain) expect(before.status).toBe('open');
      if (event.type === 'StepStarted') expect(['open', 'snoozed']).toContain(before.status);
    }
  });
});

test('no step begins while the end of the incident is held, but one that a human asks for', () => {
  always((played) => {
    for (const { before, event } of eventsOf(played)) {
      if (event.type !== 'StepStarted' || before.held === undefined) continue;
      // the last resort of a step that nobody could be found for comes with it
      expect(['escalated', 'reassigned', 'exhausted', 'opened']).toContain(event.data.reason);
    }
  });
});

test('a user has one chain at most, and a running one is replaced only by a more urgent one', () => {
  always((played) => {
    for (const { before, event } of eventsOf(played)) {
      const after = fold(before, [event]);
      const users = after?.chains.map(({ user: name }) => name) ?? [];
      expect(new Set(users).size).toBe(users.length);
      if (event.type !== 'StepStarted') continue;
      for (const chain of before.chains.filter(isRunning)) {
        const now = after?.chains.find(({ user: name }) => name === chain.user);
        if (now?.urgency === chain.urgency) expect(now.startedAt).toBe(chain.startedAt);
      }
    }
  });
});

test('of a failed step one page after the other is taken back, each once, the newest first', () => {
  always((played) => {
    const requestedAt = new Map<string, number>();
    const undone = new Map<string, string>();
    for (const { before, event } of eventsOf(played)) {
      if (event.type !== 'NotificationRequested') continue;
      requestedAt.set(event.data.key, requestedAt.size);
      const { of, round, step: index } = event.data;
      if (of === undefined || before.status === 'resolved') continue;
      expect([...undone.values()]).not.toContain(of);
      expect(
        before.pending.filter((one) => one.kind === 'undo' && one.round === round && one.step === index),
      ).toEqual([]);
      const last = undone.get(`${round}.${index}`);
      if (last !== undefined) expect(requestedAt.get(of)).toBeLessThan(requestedAt.get(last) ?? 0);
      undone.set(`${round}.${index}`, of);
    }
  });
});

test('everything that is kept is bounded, and comes to an end', () => {
  always(({ state: last, nowMs: endMs }) => {
    let state: Incident = last;
    let nowMs = endMs;
    const end = takeTurn(state, { ...nothingHappened, ...command('resolve') }, nowMs);
    if (state.status !== 'resolved') state = fold(state, end) ?? state;
    for (let index = 0; index < 500 && state.pending.length > 0; index += 1) {
      nowMs += 1_000;
      const ends = state.pending.flatMap((pending) => endOf(pending, 'delivered'));
      state = fold(state, takeTurn(state, { ...nothingHappened, ends }, nowMs)) ?? state;
    }
    expect(state).toMatchObject({ status: 'resolved', pending: [], chains: [], bundles: [] });
    expect(planNext(state, nowMs)).toEqual({ kind: 'idle' });
  });
});
