import type { IncidentEvent } from '../events/incident-events.ts';
import { limits } from '../limits.ts';
import type { PersonToPage } from '../people/step-resolution.ts';
import { urgencyOf } from '../policy/urgency.ts';
import type { Chain, Incident } from './incident.ts';

export interface DueContact {
  readonly chain: Chain;
  /** In the chain. */
  readonly index: number;
}

/** Contacts are left that were not paged yet. */
export function isRunning({ next, contacts }: Chain): boolean {
  return next < contacts.length;
}

/** Every contact was paged, and none of these pages got anywhere. */
export function isDead(chain: Chain): boolean {
  return !isRunning(chain) && chain.asked > 0 && chain.dead >= chain.asked;
}

export function chainOf({ chains }: Pick<Incident, 'chains'>, user: string): Chain | undefined {
  return chains.find((chain) => chain.user === user);
}

/** The step that names a user. */
export type NamingStep = Pick<
  Extract<IncidentEvent, { type: 'StepStarted' }>['data'],
  'at' | 'round' | 'step' | 'waitMs' | 'notes'
>;

/**
 * The chain of a user whom a step names: the one that is running, as a later step does not begin it anew, or a new one;
 * a new one also where the urgency rose since the running one began.
 */
export function beginChain(incident: Incident, person: PersonToPage, step: NamingStep): Chain {
  const urgency = urgencyOf(incident.severity, incident.policy);
  const known = chainOf(incident, person.user);
  const rose = known?.urgency === 'low' && urgency === 'high';
  if (known !== undefined && isRunning(known) && !rose) return known;
  return {
    user: person.user,
    round: step.round,
    step: step.step,
    urgency,
    startedAt: step.at,
    waitMs: step.waitMs,
    contacts: [...person.contacts].sort((a, b) => a.afterMs - b.afterMs),
    next: 0,
    asked: 0,
    dead: 0,
    notes: step.notes ?? [],
  };
}

/** When the next contact is to be paged, in epoch milliseconds; undefined when none is left. */
export function nextContactMs(chain: Chain): number | undefined {
  const contact = chain.contacts[chain.next];
  if (contact === undefined) return undefined;
  const dueMs = contactMs(chain, contact.afterMs);
  return chain.hurriedAt === undefined ? dueMs : Math.min(dueMs, Date.parse(chain.hurriedAt));
}

/** What is to be paged now. Of contacts that were missed while the engine was away only the last ones are left. */
export function contactsDue(chain: Chain, nowMs: number): DueContact[] {
  const firstMs = nextContactMs(chain);
  if (firstMs === undefined || nowMs < firstMs) return [];
  const due = chain.contacts.flatMap(({ afterMs }, index) =>
    index === chain.next || (index > chain.next && contactMs(chain, afterMs) <= nowMs)
      ? [{ chain, index, afterMs }]
      : [],
  );
  const latestMs = due.at(-1)?.afterMs;
  const wereMissed = nowMs - firstMs >= limits.downtimeMs;
  return wereMissed ? due.filter(({ afterMs }) => afterMs === latestMs) : due;
}

function contactMs({ startedAt }: Chain, afterMs: number): number {
  return Date.parse(startedAt) + afterMs;
}
