import type { IncidentEvent } from '../events/incident-events.ts';
import type { PersonToPage } from '../people/step-resolution.ts';
import type { PolicySnapshot, PolicyTarget, Target } from '../policy/policy.ts';
import { beginChain, chainOf, isRunning } from './chains.ts';
import type { Chain, Incident, Ladder, Unit } from './incident.ts';

type EventOf<T extends IncidentEvent['type']> = Extract<IncidentEvent, { type: T }>['data'];

export function stepStarted(state: Incident, data: EventOf<'StepStarted'>): Incident {
  const people = data.people ?? [];
  const units = unitsOf(data, state.policy);
  const mode = data.mode ?? 'all';
  const ladder: Ladder = {
    round: data.round,
    step: data.step,
    startedAt: data.at,
    waitMs: data.waitMs,
    repeats: repeatsAfter(state.ladder?.repeats ?? 0, data.reason),
    exhausted: data.reason === 'exhausted',
    mode,
    units,
    people,
    turn: 0,
    notes: data.notes ?? [],
    isIdle: false,
    hasFailed: false,
    missed: 0,
  };
  const place = { round: data.round, step: data.step };
  const bundle = { ...place, hasFailed: false, pages: [] };
  const begun: Incident = {
    ...goingOn(state),
    ladder,
    paged: alreadyPaged(state, people),
    bundles: [...state.bundles.filter(isUnsettled), ...(mode === 'all_or_nothing' ? [bundle] : [])],
    chains: state.chains.filter(
      (chain) =>
        isRunning(chain) || isUnderWay(state, chain) || people.some(({ user }) => user === chain.user),
    ),
  };
  const first = mode === 'first_success' ? people.filter(isFirst(units)) : people;
  return first.reduce((next, person) => withChain(next, beginChain(next, person, data)), begun);
}

/** A chain replaces the one that its user had. */
export function withChain(state: Incident, chain: Chain): Incident {
  return { ...state, chains: [...state.chains.filter(({ user }) => user !== chain.user), chain] };
}

function isUnderWay({ pending }: Incident, { contacts }: Chain): boolean {
  return pending.some(({ target }) => contacts.some((contact) => contact.target.name === target.name));
}

function isFirst([first]: readonly Unit[]) {
  return ({ user }: PersonToPage) => first?.kind === 'person' && first.user === user;
}

/** Their pages went out with an earlier step, and go on. */
function alreadyPaged(state: Incident, people: readonly PersonToPage[]): Target[] {
  return people.flatMap(({ user }) => {
    const chain = chainOf(state, user);
    const [first] = chain?.contacts ?? [];
    return chain !== undefined && isRunning(chain) && first !== undefined ? [first.target] : [];
  });
}

function isUnsettled({ pages, hasFailed }: Incident['bundles'][number]): boolean {
  return hasFailed ? pages.length > 0 : pages.some(({ state }) => state === 'under_way');
}

function repeatsAfter(repeats: number, reason: EventOf<'StepStarted'>['reason']): number {
  switch (reason) {
    case 'repeat':
      return repeats + 1;
    case 'snooze_ended':
    case 'severity_raised':
    case 'acknowledgement_expired':
      return 0;
    default:
      return repeats;
  }
}

/** In the order in which the policy names them; the fallback, which it does not name there, comes last. */
function unitsOf({ targets, people = [], step }: EventOf<'StepStarted'>, policy: PolicySnapshot): Unit[] {
  const named = policy.steps[step]?.targets ?? [];
  const rank = (name: string | undefined) => {
    const at = named.findIndex((target) => target.name === name);
    return at < 0 ? named.length : at;
  };
  const ranked = [
    ...targets.map((target) => ({
      rank: rank(target.name),
      unit: { kind: 'target' as const, target, state: 'waiting' as const },
    })),
    ...people.map(({ user, via }) => ({
      rank: Math.min(rank(via), rankOfUser(named, user)),
      unit: { kind: 'person' as const, user },
    })),
  ];
  return ranked.sort((a, b) => a.rank - b.rank).map(({ unit }) => unit);
}

function rankOfUser(named: readonly PolicyTarget[], user: string): number {
  const at = named.findIndex((target) => target.kind === 'user' && target.user === user);
  return at < 0 ? named.length : at;
}

/**
 * What was missed, or is too old, counts as if it had begun in time. Of what found no reason or nobody, the round keeps
 * the wait of the step before it; where there was none, a round waits its longest wait before it begins again.
 */
export function stepSkipped(state: Incident, data: EventOf<'StepSkipped'>): Incident {
  const { round, step, reason, dueAt } = data;
  const before = state.ladder;
  const passed = reason === 'superseded' || reason === 'too_old';
  const inRound = before !== undefined && before.round === round ? before : undefined;
  const waits = state.policy.steps.map(({ waitMs }) => waitMs);
  const timing = passed
    ? { startedAt: dueAt, waitMs: waits[step] ?? 0 }
    : {
        startedAt: inRound?.startedAt ?? dueAt,
        waitMs: inRound?.waitMs ?? Math.max(0, ...waits),
        skippedAt: dueAt,
      };
  const ladder: Ladder = {
    round,
    step,
    ...timing,
    repeats: repeatsOnward(state, round),
    exhausted: false,
    mode: 'all',
    units: [],
    people: [],
    turn: 0,
    notes: [],
    isIdle: inRound?.isIdle ?? true,
    hasFailed: false,
    missed: (before?.missed ?? 0) + (reason === 'superseded' ? stepsSince(state, round, step) : 0),
  };
  return { ...goingOn(state), ladder };
}

function repeatsOnward(state: Incident, round: number): number {
  const { ladder, summons, status } = state;
  if (ladder === undefined) return round;
  if (status === 'snoozed') return round - ladder.round - 1;
  if (summons !== undefined) return repeatsAfter(ladder.repeats, summons.reason);
  return ladder.repeats + round - ladder.round;
}

/** How many steps on this one is, in the order of steps and rounds. */
function stepsSince({ ladder, policy, status, summons }: Incident, round: number, step: number): number {
  const count = policy.steps.length;
  const here = round * count + step;
  if (ladder === undefined) return here + 1;
  const beginsAnew = status === 'snoozed' || summons !== undefined;
  return here - (beginsAnew ? (ladder.round + 1) * count - 1 : ladder.round * count + ladder.step);
}

export function stepDelayed(state: Incident, { round, step, until }: EventOf<'StepDelayed'>): Incident {
  return { ...state, delay: { round, step, until } };
}

export function exhausted(state: Incident, { at, round }: EventOf<'EscalationExhausted'>): Incident {
  const begun: Ladder = {
    round,
    step: 0,
    startedAt: at,
    waitMs: 0,
    repeats: 0,
    exhausted: true,
    mode: 'all',
    units: [],
    people: [],
    turn: 0,
    notes: [],
    isIdle: true,
    hasFailed: false,
    missed: 0,
  };
  return { ...goingOn(state), ladder: { ...(state.ladder ?? begun), exhausted: true } };
}

/** The escalation goes on: nothing that stood before this step counts any more. */
function goingOn(state: Incident): Incident {
  return { ...withoutDelay(withoutSummons(withoutSnooze(state))), status: 'open' };
}

export function withoutSummons({ summons: _, ...state }: Incident): Incident {
  return state;
}

export function withoutSnooze({ snoozedUntil: _, ...state }: Incident): Incident {
  return state;
}

export function withoutDelay({ delay: _, ...state }: Incident): Incident {
  return state;
}
