import type { Alert } from '../../domain/alert/alert.ts';
import type { AlertFired } from '../../domain/events/alert-events.ts';
import type { NewEvent } from '../../domain/events/envelope.ts';

export function anAlert(overrides: Partial<Alert> = {}): Alert {
  return {
    tenant: 'default',
    source: 'prometheus',
    fingerprint: '9f2c4a1d0b7e6633',
    status: 'firing',
    severity: 'critical',
    labels: { alertname: 'DiskFull', instance: 'db-1' },
    annotations: { summary: 'the disk of db-1 is full' },
    startsAt: '2026-01-05T09:00:00.000Z',
    ...overrides,
  };
}

export function anAlertFired(overrides: Partial<Alert> = {}): NewEvent<AlertFired> {
  return {
    body: {
      type: 'AlertFired',
      data: { alert: anAlert(overrides), configVersion: 1, incidents: [], replaces: false },
    },
    metadata: { actor: 'prometheus', via: 'source', requestId: 'request-1' },
  };
}
