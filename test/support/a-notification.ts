import type { AlertSample } from '../../domain/alert/alert.ts';
import type {
  NotificationIncident,
  NotificationRequest,
  SendContext,
} from '../../domain/policy/notification.ts';

export type NotificationOverrides = Omit<Partial<NotificationRequest>, 'incident'> & {
  readonly incident?: Partial<NotificationIncident>;
};

/** A page of one alert, with what a test cares about put over it. */
export function aNotification({ incident, ...overrides }: NotificationOverrides = {}): NotificationRequest {
  return {
    key: 'a3f1c0de'.repeat(8),
    kind: 'page',
    tenant: 'default',
    channel: 'ops',
    provider: 'webhook',
    round: 0,
    step: 0,
    incident: {
      id: '5f0c7d2e-8a41-5b77-9d1c-3e2f4a5b6c7d',
      title: 'disk full on db1',
      severity: 'critical',
      state: 'open',
      openedAt: '2026-03-01T12:00:00.000Z',
      labels: { alertname: 'DiskFull', cluster: 'eu-1' },
      alertCount: 1,
      ...incident,
    },
    alerts: [anAlertSample()],
    ...overrides,
  };
}

/** A first attempt with plenty of time. */
export function aSendContext(overrides: Partial<SendContext> = {}): SendContext {
  return {
    attempt: 1,
    signal: new AbortController().signal,
    mayHaveArrived: false,
    deadlineMs: Date.now() + 60_000,
    ...overrides,
  };
}

export function anAlertSample(overrides: Partial<AlertSample> = {}): AlertSample {
  return {
    fingerprint: '0123456789abcdef',
    status: 'firing',
    labels: { alertname: 'DiskFull', instance: 'db1:9100' },
    annotations: { summary: 'disk full on db1', description: 'only 1 % is left on /data' },
    startsAt: '2026-03-01T11:59:00.000Z',
    ...overrides,
  };
}
