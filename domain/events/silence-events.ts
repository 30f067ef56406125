import type { Silence } from '../silence/silence.ts';

/** Every event carries the whole silence as it is from then on, so the last one is its state. */
interface SilenceEventData {
  /** ISO 8601 in UTC with milliseconds, as all instants. */
  readonly at: string;
  readonly by: string;
  readonly silence: Silence;
}

export interface SilenceCreated {
  readonly type: 'SilenceCreated';
  /** `replaces`: the id of the silence that was edited in a way which would have rewritten its past. */
  readonly data: SilenceEventData & { readonly replaces?: string };
}

/** Its end moved, or its comment; before it began, its start too. */
export interface SilenceEdited {
  readonly type: 'SilenceEdited';
  readonly data: SilenceEventData;
}

/** Somebody ended it early. One that reaches its end by itself needs no event: the end stands in the silence. */
export interface SilenceExpired {
  readonly type: 'SilenceExpired';
  readonly data: SilenceEventData & { readonly replacedBy?: string };
}

export type SilenceEvent = SilenceCreated | SilenceEdited | SilenceExpired;
