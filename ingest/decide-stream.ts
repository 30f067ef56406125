import type { AlertCommand } from '../domain/alert/command.ts';
import { type Decision, type DropReason, decide } from '../domain/alert/decide.ts';
import type { DecideContext } from '../domain/alert/decide-context.ts';
import { evolve } from '../domain/alert/evolve.ts';
import type { AlertState, FiringState } from '../domain/alert/state.ts';
import type { AlertEvent } from '../domain/events/alert-events.ts';
import type { EventMetadata, NewEvent } from '../domain/events/envelope.ts';
import { limits } from '../domain/limits.ts';
import type { AlertHead } from './alert-head.ts';

/** One command of one request. */
export interface Instruction {
  readonly command: AlertCommand;
  readonly metadata: EventMetadata;
}

export type Outcome =
  | { readonly outcome: 'accepted' | 'duplicate' }
  | { readonly outcome: 'dropped'; readonly reason: DropReason };

/** Unchanged repeats of an episode that are not written yet. */
export interface UnwrittenRepeats {
  readonly startsAt: string;
  readonly count: number;
  /** The latest that any of them named. */
  readonly expiresAt?: string;
}

export interface StreamPlan {
  readonly expectedVersion: number;
  readonly events: readonly NewEvent<AlertEvent>[];
  /** One for each instruction. */
  readonly outcomes: readonly Outcome[];
  /** What is left to count once the events are committed. */
  readonly repeats: UnwrittenRepeats | undefined;
  /** What the alert is once the events are committed. */
  readonly state: AlertState;
}

export interface DecideStreamOptions {
  readonly head: AlertHead;
  readonly context: DecideContext;
  readonly repeats: UnwrittenRepeats | undefined;
}

/** Decides commands on one alert one after the other, each on what the ones before it will have made. */
export function decideStream(instructions: readonly Instruction[], options: DecideStreamOptions): StreamPlan {
  const { head, context } = options;
  const events: NewEvent<AlertEvent>[] = [];
  const outcomes: Outcome[] = [];
  let state = head.state;
  let repeats = options.repeats;
  const write = (bodies: readonly AlertEvent[], metadata: EventMetadata): void => {
    for (const body of bodies) {
      events.push({ body, metadata });
      state = evolve(state, body);
    }
  };
  const writeRepeats = (metadata: EventMetadata): void => {
    if (state.status === 'firing' && repeats !== undefined) write([repeatedOf(state, repeats)], metadata);
    repeats = undefined;
  };
  for (const { command, metadata } of instructions) {
    repeats = ofEpisode(state, repeats);
    // the clock knows what is written alone: it may have been heard again since
    if (command.kind === 'expire') writeRepeats(metadata);
    const decision = decide(command, state, context);
    outcomes.push(outcomeOf(decision));
    if (decision.outcome === 'duplicate') repeats = countRepeat(command, state, repeats);
    if (isExpiryNear(state, repeats, context.nowMs)) writeRepeats(metadata);
    if (decision.outcome !== 'accepted') continue;
    // an episode that ends takes its unwritten repeats along
    if (endsEpisode(decision.events)) writeRepeats(metadata);
    write(decision.events, metadata);
  }
  return { expectedVersion: head.version, events, outcomes, repeats, state };
}

/** What an event says whose count of repeats has grown. */
export function repeatedOf(state: FiringState, { count, expiresAt }: UnwrittenRepeats): AlertEvent {
  const { configVersion, incidents, flap, inhibits } = state;
  // a change that came after the repeat may have named a later end
  const end = later(state.alert.expiresAt, expiresAt);
  const data = {
    ...{
      alert: end === undefined ? state.alert : { ...state.alert, expiresAt: end },
      configVersion,
      incidents,
    },
    ...(flap && { flap }),
    ...(inhibits && { inhibits }),
    count: state.repeats + count,
  };
  return { type: 'AlertRepeated', data };
}

function endsEpisode(events: readonly AlertEvent[]): boolean {
  return events.some(({ type }) => type === 'AlertResolved' || type === 'AlertFired');
}

function countRepeat(
  command: AlertCommand,
  state: AlertState,
  repeats: UnwrittenRepeats | undefined,
): UnwrittenRepeats | undefined {
  if (state.status !== 'firing' || command.kind !== 'observe') return repeats;
  const expiresAt = later(repeats?.expiresAt, command.alert.expiresAt);
  const count = (repeats?.count ?? 0) + 1;
  return { startsAt: state.alert.startsAt, count, ...(expiresAt !== undefined && { expiresAt }) };
}

function later(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Date.parse(a) > Date.parse(b) ? a : b;
}

/** A count may wait; that the alert is alive may not, or the clock would take it for expired. */
function isExpiryNear(state: AlertState, repeats: UnwrittenRepeats | undefined, nowMs: number): boolean {
  if (state.status !== 'firing' || repeats?.expiresAt === undefined) return false;
  const written = Date.parse(state.alert.expiresAt ?? repeats.expiresAt);
  return Date.parse(repeats.expiresAt) > written && written - nowMs < limits.expiryMarginMs;
}

/** Repeats belong to one episode and end with it. */
function ofEpisode(state: AlertState, repeats: UnwrittenRepeats | undefined): UnwrittenRepeats | undefined {
  return state.status === 'firing' && state.alert.startsAt === repeats?.startsAt ? repeats : undefined;
}

function outcomeOf(decision: Decision): Outcome {
  return decision.outcome === 'dropped'
    ? { outcome: 'dropped', reason: decision.reason }
    : { outcome: decision.outcome };
}
