import type { Alert, Labels } from '../alert/alert.ts';

/** Where routing sent an alert: one incident per entry. Later events of the episode copy it. */
export interface RouteTaken {
  readonly route: string;
  readonly policy: string;
  readonly groupLabels: Labels;
  readonly workflowId: string;
}

/** Every alert event carries the whole alert, so the last event of a stream is its state. */
interface AlertEventData {
  readonly alert: Alert;
  readonly configVersion: number;
  readonly incidents: readonly RouteTaken[];
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

export interface AlertResolved {
  readonly type: 'AlertResolved';
  /** `superseded`: the alert was routed anew, and its old incidents lose it. */
  readonly data: AlertEventData & { readonly reason: 'cleared' | 'superseded' };
}

export type AlertEvent = AlertFired | AlertChanged | AlertRepeated | AlertResolved;
