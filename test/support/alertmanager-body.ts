import { fingerprintOf } from '../../sources/fingerprint.ts';

/** One alert as Alertmanager sends it, before it is put into a notification. */
export interface SentAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly startsAt: string;
}

export function fingerprintOfSent({ labels }: SentAlert): string {
  return fingerprintOf(labels);
}

/** A notification of Alertmanager's webhook, version 4. */
export function alertmanagerBody(alerts: readonly SentAlert[]): string {
  const [first] = alerts;
  const isFiring = alerts.some(({ status }) => status === 'firing');
  return JSON.stringify({
    version: '4',
    groupKey: '{}:{}',
    truncatedAlerts: 0,
    status: isFiring ? 'firing' : 'resolved',
    receiver: 'tocsin',
    groupLabels: {},
    commonLabels: first?.labels ?? {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example.org:9093',
    alerts: alerts.map((alert) => ({
      status: alert.status,
      labels: alert.labels,
      annotations: { summary: alert.summary },
      startsAt: alert.startsAt,
      endsAt: alert.status === 'firing' ? '0001-01-01T00:00:00Z' : new Date().toISOString(),
      generatorURL: 'http://prometheus.example.org:9090/graph',
      fingerprint: fingerprintOf(alert.labels),
    })),
  });
}
