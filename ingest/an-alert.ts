import type { Alert } from '../domain/alert/alert.ts';

/** For tests: an alert with defaults. */
export function anAlert(changes: Partial<Alert> = {}): Alert {
  return {
    tenant: 'default',
    source: 'prometheus',
    fingerprint: '0123456789abcdef',
    status: 'firing',
    severity: 'critical',
    labels: { alertname: 'DiskFull' },
    annotations: {},
    startsAt: '2026-08-01T10:00:00.000Z',
    ...changes,
  };
}
