import type { Alert, Labels } from '../alert/alert.ts';
import type { FlapRecord } from '../suppression/flap-record.ts';
import type { Quieting } from '../suppression/quieting.ts';

/** Where routing sent an alert: one incident per entry. Later events of the episode copy it. */
export interface RouteTaken {
  readonly route: string;
  readonly policy: string;
  readonly groupLabels: Labels;
  readonly workflowId: string;
  /** How long the incident gathers alerts before its first page; absent means none. */
  readonly groupWaitMs?: number;
  /** While it stands, this incident does not count the alert. */
  readonly quiet?: Quieting;
}

/** Every alert event carries the whole alert and where it stands, so the last event of a stream is its state. */
interface AlertEventData {
  readonly alert: Alert;
  readonly configVersion: number;
  readonly incidents: readonly RouteTaken[];
  /** Kept only for alerts that a rule against flapping matches. */
  readonly flap?: FlapRecord;
  /** Unchanged repeats of the episode that are written; absent means none, and where the event says `count`. */
  readonly repeats?: number;
  /** A rule of inhibition has this alert as its source. */
  readonly inhibits?: boolean;
}

export interface AlertFired {
  readonly type: 'AlertFired';
  /** `replaces`: a newer episode began before the older one was seen to clear. */
  readonly data: AlertEventData & { readonly replaces: boolean };
}

export interface AlertChanged {
  readonly type: 'AlertChanged';
  readonly data: AlertEventData;
}

export interface AlertRepeated {
  readonly type: 'AlertRepeated';
  /** `count` is the episode's total of unchanged repeats. */
  readonly data: AlertEventData & { readonly count: number };
}

export interface AlertAcknowledged {
  readonly type: 'AlertAcknowledged';
  readonly data: AlertEventData;
}

/** Something quiets the alert in some of its incidents: `incidents` says what, under which configuration. */
export interface AlertSuppressed {
  readonly type: 'AlertSuppressed';
  /** `left`: workflow ids of incidents that had counted the alert. */
  readonly data: AlertEventData & { readonly left: readonly string[] };
}

/** What quieted the alert has ended while it fires. */
export interface AlertReleased {
  readonly type: 'AlertReleased';
  /** `joined`: workflow ids of incidents that count it from now on. */
  readonly data: AlertEventData & { readonly joined: readonly string[] };
}

export interface AlertResolved {
  readonly type: 'AlertResolved';
  /** `superseded`: the alert was routed anew, and its old incidents lose it. `expired`: its sender fell silent. */
  readonly data: AlertEventData & { readonly reason: 'cleared' | 'superseded' | 'expired' };
}

export type AlertEvent =
  | AlertFired
  | AlertChanged
  | AlertRepeated
  | AlertAcknowledged
  | AlertSuppressed
  | AlertReleased
  | AlertResolved;

/** Only the writer of alert streams writes these, and the store has checked the data against the type's schema. */
export const alertEventTypes: ReadonlySet<string> = new Set([
  'AlertFired',
  'AlertChanged',
  'AlertRepeated',
  'AlertAcknowledged',
  'AlertSuppressed',
  'AlertReleased',
  'AlertResolved',
] satisfies AlertEvent['type'][]);
