import type { IncidentEvent } from '../events/incident-events.ts';
import type { PolicySnapshot } from '../policy/policy.ts';
import {
  acknowledgeBySender,
  attachAlerts,
  clearAlerts,
  endByClock,
  openIncident,
  resolveCleared,
  unseen,
} from './decide.ts';
import {
  type Redelivery,
  redeliver,
  requestEdits,
  requestPages,
  requestReminders,
  requestUndos,
} from './decide-notifications.ts';
import { passMissed, type ResolvedStep, takeStep } from './decide-step.ts';
import { decideInTurn, fold } from './fold.ts';
import type { Incident, PendingNotification } from './incident.ts';
import type { AlertReference, IncidentSubject } from './protocol.ts';

/** How a notification ended, as the saga saw it. */
export type NotificationEnd =
  | {
      readonly kind: 'delivered';
      readonly key: string;
      readonly providerId: string;
      readonly attempts: number;
    }
  | { readonly kind: 'withdrawn'; readonly key: string; readonly reason: string }
  | {
      readonly kind: 'dead';
      readonly key: string;
      readonly reason: string;
      readonly attempts: number;
      /** Of its attempts: `unknown` where any of them may have reached the provider. */
      readonly outcome?: 'retry' | 'rejected' | 'unknown';
    };

/** Everything that happened since the last turn. */
export interface Happenings {
  readonly references: readonly AlertReference[];
  readonly ends: readonly NotificationEnd[];
  /** The alert view was asked, and none of the incident's alerts fires any more. */
  readonly nothingFires: boolean;
  readonly command: (incident: Incident, at: string) => readonly IncidentEvent[];
  /** The answer to what a step that is due asked. */
  readonly resolution?: ResolvedStep;
  /** Dead letters to be sent again. */
  readonly redeliver?: Redelivery;
  /** Set for histories from before steps were passed after a downtime: every late step is then taken, one by one. */
  readonly keepsLateSteps?: boolean;
}

export const nothingHappened: Happenings = {
  references: [],
  ends: [],
  nothingFires: false,
  command: () => [],
};

/** One decision: takes in what happened, then does what is due. Recorded in one piece. */
export function takeTurn(incident: Incident, happenings: Happenings, nowMs: number): IncidentEvent[] {
  const at = new Date(nowMs).toISOString();
  const { resolution, redeliver: redelivery, keepsLateSteps = false } = happenings;
  const references = unseen(incident.positions, happenings.references);
  // what a sender has taken care of is what came before it said so: something worse behind it still pages
  const said = references.findLastIndex(({ kind }) => kind === 'acknowledged') + 1;
  const [before, after] = [references.slice(0, said), references.slice(said)];
  return decideInTurn(incident, [
    (state) => happenings.ends.flatMap((end) => endNotification(state, end, at)),
    (state) => (state.status === 'resolved' ? [] : attachAlerts(state, before, at)),
    (state) => acknowledgeBySender(state, before, at),
    (state) => (state.status === 'resolved' ? [] : attachAlerts(state, after, at)),
    (state) => (state.status === 'resolved' ? [] : clearAlerts(references, at)),
    (state) => (happenings.nothingFires ? resolveCleared(state, nowMs, at) : []),
    (state) => happenings.command(state, at),
    (state) => (redelivery === undefined ? [] : redeliver(state, redelivery, at)),
    (state) => endByClock(state, nowMs, at),
    (state) => (keepsLateSteps ? [] : passMissed(state, nowMs, at)),
    (state) => takeStep(state, { nowMs, at, resolution, keepsLateSteps }),
    (state) => requestPages(state, nowMs, at),
    (state) => requestReminders(state, nowMs, at),
    (state) => requestUndos(state, at),
    (state) => requestEdits(state, at),
  ]);
}

export interface Opening {
  readonly subject: IncidentSubject;
  readonly first: AlertReference;
  readonly policy: PolicySnapshot;
  readonly groupWaitMs?: number | undefined;
  readonly references: readonly AlertReference[];
}

/** The first turn: the incident opens with all that fired so far, and its first step begins. */
export function openingTurn(opening: Opening, nowMs: number): IncidentEvent[] {
  const { subject, first, policy, references, groupWaitMs } = opening;
  const opened = openIncident(subject, first, policy, { at: new Date(nowMs).toISOString(), groupWaitMs });
  const incident = fold(undefined, [opened]);
  if (incident === undefined) return [];
  return [opened, ...takeTurn(incident, { ...nothingHappened, references }, nowMs)];
}

function endNotification(incident: Incident, end: NotificationEnd, at: string): IncidentEvent[] {
  const notification = incident.pending.find(({ key }) => key === end.key);
  if (notification === undefined) return [];
  switch (end.kind) {
    case 'delivered':
      return [
        {
          type: 'NotificationDelivered',
          data: { at, key: end.key, providerId: end.providerId, attempts: end.attempts },
        },
        ...undoneBy(notification, at),
      ];
    case 'withdrawn':
      return [{ type: 'NotificationFailed', data: { at, key: end.key, reason: end.reason } }];
    case 'dead':
      return [
        {
          type: 'NotificationDeadLettered',
          data: {
            at,
            key: end.key,
            reason: end.reason,
            attempts: end.attempts,
            ...(end.outcome !== undefined && { outcome: end.outcome }),
          },
        },
      ];
  }
}

function undoneBy({ kind, key, of }: PendingNotification, at: string): IncidentEvent[] {
  return kind === 'undo' && of !== undefined ? [{ type: 'NotificationUndone', data: { at, key, of } }] : [];
}
