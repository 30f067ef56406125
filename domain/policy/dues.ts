import { nextContactMs } from '../incident/chains.ts';
import type { Incident } from '../incident/incident.ts';
import { nextStepOf } from './next-step.ts';

/** What the clock brings besides steps. */
export type Errand = 'contact' | 'reminder' | 'acknowledgement_end' | 'auto_resolve' | 'resolve';

/** One thing that comes by itself, in epoch milliseconds. */
export interface Due {
  readonly what: Errand | 'step' | 'exhaustion';
  readonly dueMs: number;
}

/** All that comes by itself if nobody says anything, in no order. */
export function duesOf(incident: Incident): Due[] {
  const next = nextStepOf(incident);
  if (next === undefined) return errandsOf(incident);
  const what = next.kind === 'step' ? 'step' : 'exhaustion';
  return [{ what, dueMs: next.dueMs }, ...errandsOf(incident)];
}

export function earliest<D extends Due>(dues: readonly D[]): D | undefined {
  return dues.reduce<D | undefined>(
    (first, due) => (first === undefined || due.dueMs < first.dueMs ? due : first),
    undefined,
  );
}

export type ErrandDue = Due & { readonly what: Errand };

/** What comes besides steps; nothing once it is resolved. */
export function errandsOf(incident: Incident): ErrandDue[] {
  const { status, policy, held, lastHeardAt, acknowledgedAt, remindedAt, paged } = incident;
  if (status === 'resolved') return [];
  const errands: ErrandDue[] = [];
  if (held !== undefined) errands.push({ what: 'resolve', dueMs: Date.parse(held.until) });
  if (policy.autoResolveMs !== undefined) {
    errands.push({ what: 'auto_resolve', dueMs: Date.parse(lastHeardAt) + policy.autoResolveMs });
  }
  if (status === 'acknowledged' && held === undefined) {
    const sinceMs = Date.parse(acknowledgedAt ?? lastHeardAt);
    if (policy.ackTimeoutMs !== undefined) {
      errands.push({ what: 'acknowledgement_end', dueMs: sinceMs + policy.ackTimeoutMs });
    }
    if (policy.remindEveryMs !== undefined && paged.length > 0) {
      const lastMs = remindedAt === undefined ? sinceMs : Date.parse(remindedAt);
      errands.push({ what: 'reminder', dueMs: lastMs + policy.remindEveryMs });
    }
  }
  return [...errands, ...contactErrands(incident)];
}

/** While the end of the incident is held, only a step that a human asked for goes on. */
function contactErrands({ status, chains, held }: Incident): ErrandDue[] {
  if (status !== 'open') return [];
  return chains.flatMap((chain) => {
    const dueMs = nextContactMs(chain);
    const rests = held !== undefined && chain.startedAt < held.since;
    return dueMs === undefined || rests ? [] : [{ what: 'contact' as const, dueMs }];
  });
}
