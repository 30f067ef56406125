import type { IncidentEvent, SkipReason, StepReason } from '../events/incident-events.ts';
import { limits } from '../limits.ts';
import type { StepMode, Target } from './policy.ts';

interface Place {
  readonly atMs: number;
  readonly round: number;
  readonly step: number;
  readonly notes: readonly string[];
}

/** One thing that would happen; instants are epoch milliseconds, rounds and steps count from 0. */
export type SimulatedEntry =
  | (Place & {
      readonly kind: 'started';
      readonly reason: StepReason;
      readonly mode: StepMode;
      /** Channels that are paged with the step. */
      readonly targets: readonly Target[];
      /** Users, each with the contacts that this step pages, which may be later than steps after it. */
      readonly people: readonly SimulatedPerson[];
    })
  | (Place & { readonly kind: 'skipped'; readonly reason: SkipReason })
  | (Place & { readonly kind: 'delayed'; readonly untilMs: number })
  | { readonly kind: 'exhausted'; readonly atMs: number; readonly round: number }
  | { readonly kind: 'resolved'; readonly atMs: number };

export interface SimulatedPerson {
  readonly user: string;
  readonly via?: string;
  /** Empty where the user's contacts are being paged since an earlier step. */
  readonly contacts: readonly { readonly target: Target; readonly atMs: number }[];
}

export interface Transcript {
  take(events: readonly IncidentEvent[]): void;
  isFull(): boolean;
  entries(): readonly SimulatedEntry[];
}

/** Tells an incident's events as what a reader of a policy asks for: who is paged when. */
export function createTranscript(): Transcript {
  const entries: SimulatedEntry[] = [];

  const addPage = (page: EventOf<'NotificationRequested'>): void => {
    const index = entries.findLastIndex(
      (entry) => entry.kind === 'started' && entry.round === page.round && entry.step === page.step,
    );
    const entry = entries[index];
    if (entry?.kind === 'started') entries[index] = withPage(entry, page.target, Date.parse(page.at));
  };

  return {
    take(events) {
      for (const event of events) {
        if (event.type === 'NotificationRequested' && event.data.kind === 'page') addPage(event.data);
        const entry = entryOf(event);
        if (entry !== undefined) entries.push(entry);
      }
    },
    isFull: () => entries.length >= limits.maxSimulatedSteps,
    entries: () => entries,
  };
}

type EventOf<T extends IncidentEvent['type']> = Extract<IncidentEvent, { type: T }>['data'];
type Started = Extract<SimulatedEntry, { kind: 'started' }>;

function entryOf(event: IncidentEvent): SimulatedEntry | undefined {
  const atMs = Date.parse(event.data.at);
  switch (event.type) {
    case 'StepStarted': {
      const { round, step, reason, mode = 'all', people = [], notes = [] } = event.data;
      const unpaged = people.map(({ user, via }) => ({
        user,
        ...(via !== undefined && { via }),
        contacts: [],
      }));
      return { kind: 'started', atMs, round, step, reason, mode, targets: [], people: unpaged, notes };
    }
    case 'StepSkipped': {
      const { round, step, reason, notes = [] } = event.data;
      return { kind: 'skipped', atMs, round, step, reason, notes };
    }
    case 'StepDelayed': {
      const { round, step, until } = event.data;
      return { kind: 'delayed', atMs, round, step, untilMs: Date.parse(until), notes: [] };
    }
    case 'EscalationExhausted':
      return { kind: 'exhausted', atMs, round: event.data.round };
    case 'IncidentResolved':
      return { kind: 'resolved', atMs };
    default:
      return undefined;
  }
}

/** A contact's name is its user's with the contact behind it: `user:amy/phone`. */
function withPage(entry: Started, target: Target, atMs: number): Started {
  if (target.kind === 'channel') return { ...entry, targets: [...entry.targets, target] };
  const people = entry.people.map((person) =>
    target.name.startsWith(`user:${person.user}/`)
      ? { ...person, contacts: [...person.contacts, { target, atMs }] }
      : person,
  );
  return { ...entry, people };
}
