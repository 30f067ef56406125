import type { Alert } from '../domain/alert/alert.ts';
import { type DecideContext, type Decision, type DropReason, decide } from '../domain/alert/decide.ts';
import { evolve } from '../domain/alert/evolve.ts';
import type { AlertState, FiringState } from '../domain/alert/state.ts';
import type { AlertEvent } from '../domain/events/alert-events.ts';
import type { EventMetadata, NewEvent } from '../domain/events/envelope.ts';
import type { AlertHead } from './alert-head.ts';

/** One alert of one request. */
export interface Observation {
  readonly alert: Alert;
  readonly metadata: EventMetadata;
}

export type Outcome =
  | { readonly outcome: 'accepted' | 'duplicate' }
  | { readonly outcome: 'dropped'; readonly reason: DropReason };

/** Unchanged repeats of an episode that are not written yet. */
export interface UnwrittenRepeats {
  readonly startsAt: string;
  readonly count: number;
}

export interface StreamPlan {
  readonly expectedVersion: number;
  readonly events: readonly NewEvent<AlertEvent>[];
  /** One for each observation. */
  readonly outcomes: readonly Outcome[];
  /** What is left to count once the events are committed. */
  readonly repeats: UnwrittenRepeats | undefined;
}

export interface DecideStreamOptions {
  readonly head: AlertHead;
  readonly context: DecideContext;
  readonly repeats: UnwrittenRepeats | undefined;
}

/** Decides observations of one alert one after the other, each on what the ones before it will have made. */
export function decideStream(observations: readonly Observation[], options: DecideStreamOptions): StreamPlan {
  const { head, context } = options;
  const events: NewEvent<AlertEvent>[] = [];
  const outcomes: Outcome[] = [];
  let state = head.state;
  let repeats = options.repeats;
  for (const { alert, metadata } of observations) {
    const decision = decide(alert, state, context);
    outcomes.push(outcomeOf(decision));
    if (decision.outcome === 'duplicate') repeats = countRepeat(state, repeats);
    if (decision.outcome !== 'accepted') continue;
    const bodies = [...lastRepeats(state, decision.events, repeats), ...decision.events];
    events.push(...bodies.map((body) => ({ body, metadata })));
    state = bodies.reduce<AlertState>((folded, body) => evolve(folded, body), state);
  }
  return { expectedVersion: head.version, events, outcomes, repeats: repeatsOf(state, repeats) };
}

/** What an event says whose count of repeats has grown. */
export function repeatedOf(state: FiringState, count: number): AlertEvent {
  const { alert, configVersion, incidents } = state;
  return { type: 'AlertRepeated', data: { alert, configVersion, incidents, count } };
}

/** An episode that ends takes its unwritten repeats along, unless what was written before is not known here. */
function lastRepeats(
  state: AlertState,
  events: readonly AlertEvent[],
  repeats: UnwrittenRepeats | undefined,
): AlertEvent[] {
  const pending = repeatsOf(state, repeats);
  if (state.status !== 'firing' || state.repeats === undefined || pending === undefined) return [];
  const isOver = events.some(({ type }) => type === 'AlertResolved' || type === 'AlertFired');
  return isOver ? [repeatedOf(state, state.repeats + pending.count)] : [];
}

function countRepeat(state: AlertState, repeats: UnwrittenRepeats | undefined): UnwrittenRepeats | undefined {
  if (state.status !== 'firing') return repeats;
  const before = repeatsOf(state, repeats)?.count ?? 0;
  return { startsAt: state.alert.startsAt, count: before + 1 };
}

/** Repeats belong to one episode and end with it. */
function repeatsOf(state: AlertState, repeats: UnwrittenRepeats | undefined): UnwrittenRepeats | undefined {
  return state.status === 'firing' && state.alert.startsAt === repeats?.startsAt ? repeats : undefined;
}

function outcomeOf(decision: Decision): Outcome {
  return decision.outcome === 'dropped'
    ? { outcome: 'dropped', reason: decision.reason }
    : { outcome: decision.outcome };
}
