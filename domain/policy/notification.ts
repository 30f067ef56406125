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
  /** The provider's id of the message to edit, for `update` and `resolved`, or to take back, for `undo` where it is known. */
  readonly providerId?: string;
  /** Key of the page that an `undo` takes back; whether that one arrived may be unknown. */
  readonly of?: string;
  /** Who acknowledged or resolved, for edits. */
  readonly by?: string;
  readonly incident: NotificationIncident;
  /** At most `limits.maxSamples`; `incident.alertCount` is the truth. */
  readonly alerts: readonly AlertSample[];
  readonly traceparent?: string;
  /** What it says besides, such as `nobody is on call in payments`. */
  readonly notes?: readonly string[];
  /** Nobody waits for it after this, ISO 8601: no attempt begins later, and none takes longer. */
  readonly deadlineAt?: string;
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
  /** What breaks together: the provider's account or address, such as `slack.com` or `hooks.example.org/ops`. Never a secret. */
  readonly account: string;
  /** The provider takes a key twice without a second effect. Otherwise a repeat whose predecessor may have arrived asks first. */
  readonly isIdempotent: boolean;
  /** Whether a page whose outcome is not known is sent again; otherwise it becomes a dead letter. */
  readonly onUnknown: 'resend' | 'hold';
  /** Messages to what has this key are sent at least so far apart. */
  readonly pace?: { readonly key: string; readonly everyMs: number };
  /** Takes back what a page did; `send` is asked with kind `undo`. */
  readonly canUndo: boolean;
  /** Never throws for what a provider does; never sends twice by itself. `attempt` counts from 1. */
  send(request: NotificationRequest, context: SendContext): Promise<SendResult>;
}

export interface SendContext {
  readonly attempt: number;
  readonly signal: AbortSignal;
  /** An earlier attempt of this key may have reached the provider: look before sending, where the provider lets us. */
  readonly mayHaveArrived: boolean;
  /** Epoch milliseconds by which the provider must have answered; travels in an outgoing header. */
  readonly deadlineMs: number;
}
