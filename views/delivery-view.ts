import type { NotificationKind } from '../domain/events/incident-events.ts';
import type { DeliveryStage } from './fold-deliveries.ts';

export const deliveryStates = ['pending', 'delivered', 'dead', 'discarded', 'withdrawn', 'undone'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** A notification as the API shows it. Instants are ISO 8601 in UTC; what does not apply is absent. */
export interface DeliveryView {
  readonly key: string;
  readonly incidentId: string;
  readonly kind: NotificationKind;
  /** As the policy names it, such as `channel:ops`. */
  readonly target: string;
  readonly channel: string;
  readonly provider: string;
  readonly round: number;
  readonly step: number;
  /** A dead letter that somebody discarded is `discarded`; all else is the incident's own word. */
  readonly state: DeliveryState;
  /** Why it was given up or withdrawn. */
  readonly reason?: string;
  /** What the last attempt of a dead letter came to: `retry`, `rejected` or `unknown`. */
  readonly outcome?: string;
  readonly attempts: number;
  readonly providerId?: string;
  readonly requestedAt: string;
  readonly updatedAt: string;
  readonly discardedAt?: string;
  readonly discardedBy?: string;
  readonly discardedReason?: string;
}

/** A row of `delivery_views` as `pg` answers it for `deliveryColumns`. */
export interface DeliveryViewRow {
  readonly key: string;
  readonly incident_id: string;
  readonly kind: NotificationKind;
  readonly target: string;
  readonly channel: string;
  readonly provider: string;
  readonly round: number;
  readonly step: number;
  readonly stage: DeliveryStage;
  readonly state: DeliveryState;
  readonly reason: string | null;
  readonly outcome: string | null;
  readonly attempts: number;
  readonly provider_id: string | null;
  readonly requested_at: Date;
  readonly updated_at: Date;
  readonly discarded_at: Date | null;
  readonly discarded_by: string | null;
  readonly discarded_reason: string | null;
}

export const deliveryColumns =
  'key, incident_id, kind, target, channel, provider, round, step, stage, state, reason, outcome, attempts, provider_id, requested_at, updated_at, discarded_at, discarded_by, discarded_reason';

export function toDeliveryView(row: DeliveryViewRow): DeliveryView {
  const { key, kind, target, channel, provider, round, step, state, reason, outcome, attempts } = row;
  return {
    key,
    incidentId: row.incident_id,
    kind,
    target,
    channel,
    provider,
    round,
    step,
    state,
    ...(reason !== null && { reason }),
    ...(outcome !== null && { outcome }),
    attempts,
    ...(row.provider_id !== null && { providerId: row.provider_id }),
    requestedAt: row.requested_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    ...(row.state === 'discarded' && discardOf(row)),
  };
}

function discardOf({ discarded_at, discarded_by, discarded_reason }: DeliveryViewRow) {
  return {
    ...(discarded_at !== null && { discardedAt: discarded_at.toISOString() }),
    ...(discarded_by !== null && { discardedBy: discarded_by }),
    ...(discarded_reason !== null && { discardedReason: discarded_reason }),
  };
}
