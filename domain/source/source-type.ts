/** The formats that a configured source may speak. `alertmanager` takes the webhook and Alertmanager's own API. */
export const sourceTypes = ['alertmanager', 'grafana', 'pagerduty', 'cloudevents', 'generic'] as const;
export type SourceType = (typeof sourceTypes)[number];
