import type { IncidentEvent } from '../../domain/events/incident-events.ts';
import { decideCommand } from '../../domain/incident/decide.ts';
import { fold } from '../../domain/incident/fold.ts';
import type { Incident, PendingNotification } from '../../domain/incident/incident.ts';
import type { AlertReference, IncidentCommand } from '../../domain/incident/protocol.ts';
import {
  type Happenings,
  type NotificationEnd,
  nothingHappened,
  openingTurn,
  takeTurn,
} from '../../domain/incident/turn.ts';
import type { PersonToPage, StepQuestion, StepResolution } from '../../domain/people/step-resolution.ts';
import { isDue, planNext } from '../../domain/policy/plan.ts';
import type { PolicySnapshot, PolicyTarget, Target } from '../../domain/policy/policy.ts';
import { aPolicy, aReference, aSubject } from './incident-events.ts';

/** What becomes of a notification as soon as it is requested; `pending` stays under way. */
export type Fate = 'delivered' | 'rejected' | 'unknown' | 'pending';

export interface CourseOptions {
  readonly reference?: AlertReference;
  /** By default users and schedules are answered by one contact each, `phone`. */
  readonly answer?: (question: StepQuestion) => StepResolution;
  readonly fate?: (pending: PendingNotification) => Fate;
}

/** An incident that lives through its turns as its saga would take them; instants are milliseconds from its opening. */
export interface Course {
  state(): Incident;
  /** All events so far, with the instant of each. */
  events(): readonly { readonly atMs: number; readonly event: IncidentEvent }[];
  /** Everything that comes by itself up to and including this instant, and then what is told here. */
  until(atMs: number, happenings?: Partial<Happenings>): IncidentEvent[];
  /** The engine is away: nothing happens until then. */
  sleepUntil(atMs: number): void;
}

export const courseStartMs = Date.parse('2026-01-05T09:00:00.000Z');

/** More than any incident takes at one instant: an incident that needs more never comes to rest. */
const maxTurnsAtOnce = 60;

export function aCourse(
  changes: Partial<PolicySnapshot>,
  { reference = aReference(), answer = answerAll, fate = () => 'delivered' }: CourseOptions = {},
): Course {
  const log: { atMs: number; event: IncidentEvent }[] = [];
  const opening = {
    subject: aSubject(),
    first: reference,
    policy: aPolicy(changes),
    references: [reference],
  };
  let nowMs = courseStartMs;
  let state: Incident;

  const take = (before: Incident | undefined, events: readonly IncidentEvent[]): Incident => {
    log.push(...events.map((event) => ({ atMs: nowMs - courseStartMs, event })));
    const folded = fold(before, events);
    if (folded === undefined) throw new Error('nothing was folded');
    return folded;
  };

  const settle = (): void => {
    for (let turns = 0; turns < maxTurnsAtOnce; turns += 1) {
      const ends = state.pending.flatMap((pending) => endOf(pending, fate(pending)));
      const plan = planNext(state, nowMs);
      const resolution =
        plan.kind === 'resolve'
          ? { round: plan.round, step: plan.step, reason: plan.reason, answer: answer(plan.question) }
          : undefined;
      if (ends.length === 0 && resolution === undefined && !isDue(plan)) return;
      const happenings = { ...nothingHappened, ends, ...(resolution !== undefined && { resolution }) };
      const events = takeTurn(state, happenings, nowMs);
      if (events.length === 0) throw new Error(`${plan.kind} is due, and nothing happens`);
      state = take(state, events);
    }
    throw new Error('the incident does not come to rest');
  };

  const advance = (untilMs: number): void => {
    for (;;) {
      settle();
      const plan = planNext(state, nowMs);
      if (plan.kind !== 'wait' || plan.untilMs > untilMs) break;
      nowMs = plan.untilMs;
    }
    nowMs = untilMs;
  };

  state = take(undefined, openingTurn(opening, nowMs));
  return {
    state: () => state,
    events: () => log,
    until(atMs, happenings) {
      const seen = log.length;
      advance(courseStartMs + atMs);
      if (happenings !== undefined)
        state = take(state, takeTurn(state, { ...nothingHappened, ...happenings }, nowMs));
      settle();
      return log.slice(seen).map(({ event }) => event);
    },
    sleepUntil(atMs) {
      nowMs = courseStartMs + atMs;
    },
  };
}

export function endOf({ key }: PendingNotification, fate: Fate): NotificationEnd[] {
  switch (fate) {
    case 'delivered':
      return [{ kind: 'delivered', key, providerId: `id-${key.slice(0, 8)}`, attempts: 1 }];
    case 'rejected':
      return [{ kind: 'dead', key, reason: 'gone', attempts: 1, outcome: 'rejected' }];
    case 'unknown':
      return [{ kind: 'dead', key, reason: 'the connection broke', attempts: 5, outcome: 'unknown' }];
    case 'pending':
      return [];
  }
}

export function channel(name: string, more: Partial<Target> = {}): Target {
  return {
    kind: 'channel',
    name: `channel:${name}`,
    channel: name,
    provider: 'webhook',
    updates: false,
    ...more,
  };
}

export function user(name: string): PolicyTarget {
  return { kind: 'user', name: `user:${name}`, user: name };
}

export function contact(of: string, name: string): Target {
  const full = `user:${of}/${name}`;
  return { kind: 'contact', name: full, channel: full, provider: 'twilio_sms', updates: false };
}

/** A user with contacts by name, each so long after the step. */
export function person(
  name: string,
  contacts: Readonly<Record<string, number>> = { phone: 0 },
): PersonToPage {
  const timed = Object.entries(contacts).map(([one, afterMs]) => ({ target: contact(name, one), afterMs }));
  return { user: name, contacts: timed };
}

/** Pages everybody: the named channels, and each user or schedule as a person. */
export function answerAll({ targets }: StepQuestion): StepResolution {
  return answerWith(...targets.flatMap((target) => (target.kind === 'user' ? [person(target.user)] : [])))({
    targets,
  });
}

/** Answers with these people, and with the channels that the step names. */
export function answerWith(...people: readonly PersonToPage[]) {
  return ({ targets }: Pick<StepQuestion, 'targets'>): StepResolution => ({
    kind: 'page',
    targets: targets.filter((target): target is Target => target.kind === 'channel'),
    people,
    notes: [],
  });
}

export function command(name: IncidentCommand['name'], more: object = {}): Pick<Happenings, 'command'> {
  const request = {
    name,
    command: { incidentId: aReference().incidentId, by: 'amy', via: 'api', requestId: 'r1', ...more },
  };
  return { command: (incident, at) => decideCommand(incident, request as IncidentCommand, at) };
}

/** What was requested, as `page user:amy/phone at 120000`. */
export function requestsOf(course: Course): string[] {
  return course
    .events()
    .flatMap(({ atMs, event }) =>
      event.type === 'NotificationRequested'
        ? [`${event.data.kind} ${event.data.target.name} at ${atMs}`]
        : [],
    );
}

/** Each step that began or was skipped, as `1.0 repeat at 60000` or `0.1 skipped superseded at 60000`. */
export function stepsOf(course: Course): string[] {
  return course.events().flatMap(({ atMs, event }) => {
    if (event.type !== 'StepStarted' && event.type !== 'StepSkipped') return [];
    const { round, step, reason } = event.data;
    const what = event.type === 'StepSkipped' ? `skipped ${reason}` : reason;
    return [`${round}.${step} ${what} at ${atMs}`];
  });
}

export function typesOf(events: readonly IncidentEvent[]): string[] {
  return events.map(({ type }) => type);
}
