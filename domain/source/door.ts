/**
 * Where a request came in. `source`: the address with the key. `alertmanager-api`: Alertmanager's own API, whose
 * clients name the key in a header or in the address before it. `pagerduty` and `pagerduty-change`: the Events API v2,
 * whose clients name the key in the body.
 */
export const doors = ['source', 'alertmanager-api', 'pagerduty', 'pagerduty-change'] as const;
export type Door = (typeof doors)[number];
