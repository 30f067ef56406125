import type { IncidentEvent } from '../domain/events/incident-events.ts';

/** Where a notification stands, as the incident's own stream tells it. */
export type DeliveryStage = 'pending' | 'delivered' | 'dead' | 'withdrawn' | 'undone';

type Requested = Extract<IncidentEvent, { type: 'NotificationRequested' }>['data'];

/**
 * What some events of an incident's stream say of one notification. What they do not say is absent, and stays as it
 * was: so a projector that goes on in the middle of a stream needs nothing of what it folded before.
 */
export interface DeliveryChange {
  readonly key: string;
  /** Of the last of these events. */
  readonly version: number;
  readonly stage: DeliveryStage;
  readonly updatedAt: string;
  readonly requested?: Requested;
  readonly reason?: string;
  /** What the last attempt of a dead letter came to. */
  readonly outcome?: string;
  readonly attempts?: number;
  readonly providerId?: string;
  /** When it became a dead letter first, through all that it was sent again since. */
  readonly deadSince?: string;
  /** It was a dead letter at some time, so that somebody may have discarded it. */
  readonly wasDead?: true;
}

/** By key. */
export type DeliveryChanges = Map<string, DeliveryChange>;

/** Folds one more event of the stream into `changes`; `version` is its place there. */
export function foldDelivery(changes: DeliveryChanges, version: number, event: IncidentEvent): void {
  const key = keyOf(event);
  if (key === undefined) return;
  const { reason: _, outcome: __, ...before } = changes.get(key) ?? {};
  const base = { ...before, key, version, updatedAt: event.data.at };
  const change = changeOf(base, event);
  if (change !== undefined) changes.set(key, change);
}

type Base = Omit<DeliveryChange, 'stage' | 'reason' | 'outcome'>;

function changeOf(base: Base, event: IncidentEvent): DeliveryChange | undefined {
  switch (event.type) {
    case 'NotificationRequested':
      return { ...base, stage: 'pending', requested: event.data, attempts: 0 };
    case 'NotificationDelivered': {
      const { providerId, attempts } = event.data;
      return { ...settled(base), stage: 'delivered', providerId, attempts };
    }
    case 'NotificationFailed':
      return { ...settled(base), stage: 'withdrawn', reason: event.data.reason };
    case 'NotificationDeadLettered': {
      const { at, reason, attempts, outcome } = event.data;
      const deadSince = base.deadSince ?? at;
      const wasDead = true;
      const letter = { ...base, stage: 'dead', deadSince, wasDead, reason, attempts } as const;
      return { ...letter, ...(outcome !== undefined && { outcome }) };
    }
    case 'NotificationRedelivered':
      return { ...base, stage: 'pending' };
    case 'NotificationUndone':
      return { ...settled(base), stage: 'undone' };
    default:
      return undefined;
  }
}

function keyOf(event: IncidentEvent): string | undefined {
  if (event.type === 'NotificationUndone') return event.data.of;
  return 'key' in event.data ? event.data.key : undefined;
}

function settled({ deadSince: _, ...base }: Base): Base {
  return base;
}
