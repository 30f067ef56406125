import type { NotificationKind } from './incident-events.ts';

export type DeliveryOutcome = 'delivered' | 'retry' | 'rejected' | 'unknown';

/** One attempt of one notification, on stream `delivery-<key>`. */
export interface DeliveryAttempted {
  readonly type: 'DeliveryAttempted';
  readonly data: {
    readonly at: string;
    readonly key: string;
    readonly incidentId: string;
    readonly kind: NotificationKind;
    readonly channel: string;
    readonly provider: string;
    readonly round: number;
    readonly step: number;
    /** Counts from 1, over all redeliveries. */
    readonly attempt: number;
    readonly outcome: DeliveryOutcome;
    /** The provider's own id of the message. */
    readonly providerId?: string;
    readonly reason?: string;
    /** HTTP status, or the reply code of a mail server, where there was one. */
    readonly status?: number;
    readonly durationMs: number;
  };
}

/** Nobody needs the dead letter any more: it is neither shown as one nor sent again by itself. */
export interface DeliveryDiscarded {
  readonly type: 'DeliveryDiscarded';
  readonly data: {
    readonly at: string;
    readonly key: string;
    readonly incidentId: string;
    readonly by: string;
    readonly reason: string;
  };
}

export type DeliveryEvent = DeliveryAttempted | DeliveryDiscarded;
