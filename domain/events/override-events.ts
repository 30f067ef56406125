import type { StoredOverride } from '../people/stored-override.ts';

/** Every event carries the whole override as it is from then on, so the last one is its state. */
interface OverrideEventData {
  /** ISO 8601 in UTC with milliseconds, as all instants. */
  readonly at: string;
  readonly by: string;
  readonly override: StoredOverride;
}

export interface OverrideCreated {
  readonly type: 'OverrideCreated';
  readonly data: OverrideEventData;
}

/** Somebody ended it early. One that reaches its end by itself needs no event: the end stands in the override. */
export interface OverrideEnded {
  readonly type: 'OverrideEnded';
  readonly data: OverrideEventData;
}

export type OverrideEvent = OverrideCreated | OverrideEnded;
