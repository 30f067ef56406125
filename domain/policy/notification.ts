import type { AlertSample, Labels } from '../alert/alert.ts';
import type { NotificationKind } from '../events/incident-events.ts';
import type { Severity } from '../severity.ts';

/** One message to one channel for one step, as the saga hands it to a notifier activity. No secrets: the channel is a name. */
export interface NotificationRequest {
  readonly key: string;
  readonly kind: NotificationKind;
  readonly tenant: string;
  readonly channel: string;
  readonly provider: string;
  readonly round: number;
  readonly step: number;
  /** The provider's id of the message to edit; only for `update` and `resolved`. */
  readonly providerId?: string;
  /** Who acknowledged or resolved, for edits. */
  readonly by?: string;
  readonly incident: NotificationIncident;
  /** At most `limits.maxSamples`; `incident.alertCount` is the truth. */
  readonly alerts: readonly AlertSample[];
  readonly traceparent?: string;
  /** When the oldest alert behind this first page was accepted, ISO 8601; for the latency metric only. */
  readonly acceptedAt?: string;
}

export interface NotificationIncident {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly state: IncidentStatus;
  readonly openedAt: string;
  readonly labels: Labels;
  readonly alertCount: number;
}

export type IncidentStatus = 'open' | 'acknowledged' | 'snoozed' | 'resolved';

/** What became of one attempt: data, not an exception. */
export type SendResult =
  | { readonly outcome: 'delivered'; readonly providerId: string; readonly status?: number }
  /** The provider is busy or broken; nothing was accepted. */
  | {
      readonly outcome: 'retry';
      readonly reason: string;
      readonly afterMs?: number;
      readonly status?: number;
    }
  /** The provider will never take it. */
  | { readonly outcome: 'rejected'; readonly reason: string; readonly status?: number }
  /** It may have been accepted: the connection broke after the request was sent. */
  | { readonly outcome: 'unknown'; readonly reason: string; readonly status?: number };

/** A provider's way of sending, one per configured channel. */
export interface Notifier {
  readonly provider: string;
  /** Never throws for what a provider does; never sends twice by itself. `attempt` counts from 1. */
  send(request: NotificationRequest, context: SendContext): Promise<SendResult>;
}

export interface SendContext {
  readonly attempt: number;
  readonly signal: AbortSignal;
}
