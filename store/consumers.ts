/**
 * Who reads the event log, as named in checkpoints, in `parked_events` and in metrics. Processes of different
 * releases must agree on them, so they never change.
 */
export const consumers = {
  /** Decides on the last event of an alert's stream. */
  ingest: 'ingest',
  /** Carries alert events to the sagas. */
  dispatch: 'dispatch',
  alertViews: 'alert-views',
  incidentViews: 'incident-views',
  /** The saga's own reading of its stream. */
  record: 'record',
} as const;

export type Consumer = (typeof consumers)[keyof typeof consumers];
