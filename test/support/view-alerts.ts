import type { Alert } from '../../domain/alert/alert.ts';
import type { AlertEvent } from '../../domain/events/alert-events.ts';
import type { RecordedEvent } from '../../domain/events/envelope.ts';
import { alertStreamOf, eventIdOf, incidentWorkflowIdOf } from '../../domain/ids.ts';
import type { Quieting } from '../../domain/suppression/quieting.ts';

export function anAlert(changes: Partial<Alert> = {}): Alert {
  return {
    tenant: 'default',
    source: 'prometheus',
    fingerprint: 'f1',
    status: 'firing',
    severity: 'critical',
    labels: { alertname: 'DiskFull', instance: 'db-1' },
    annotations: { summary: 'disk is full' },
    startsAt: '2026-01-05T09:00:00.000Z',
    ...changes,
  };
}

export const paymentsWorkflowId = incidentWorkflowIdOf({
  tenant: 'default',
  route: 'payments',
  groupLabels: { alertname: 'DiskFull' },
});

interface EventOptions {
  readonly alert?: Alert;
  readonly workflowIds?: readonly string[];
  readonly quiet?: Quieting;
  readonly count?: number;
}

/** An alert event as ingest writes it, routed to one incident unless said otherwise. */
export function anAlertEvent(type: AlertEvent['type'], options: EventOptions = {}): AlertEvent {
  const { workflowIds = [paymentsWorkflowId], count = 1 } = options;
  const alert = options.alert ?? anAlert({ status: type === 'AlertResolved' ? 'resolved' : 'firing' });
  const incidents = workflowIds.map((workflowId) => ({
    route: 'payments',
    policy: 'default',
    groupLabels: { alertname: 'DiskFull' },
    workflowId,
    ...(options.quiet && { quiet: options.quiet }),
  }));
  const data = { alert, configVersion: 3, incidents };
  switch (type) {
    case 'AlertFired':
      return { type, data: { ...data, replaces: false } };
    case 'AlertChanged':
    case 'AlertAcknowledged':
      return { type, data };
    case 'AlertSuppressed':
      return { type, data: { ...data, left: workflowIds } };
    case 'AlertReleased':
      return { type, data: { ...data, joined: workflowIds } };
    case 'AlertRepeated':
      return { type, data: { ...data, count } };
    case 'AlertResolved':
      return { type, data: { ...data, reason: 'cleared' } };
  }
}

/** As the log hands it out. */
export function recordedAlert(
  body: AlertEvent,
  place: { readonly lane?: number; readonly position: number; readonly version: number },
): RecordedEvent<AlertEvent> {
  const stream = alertStreamOf(body.data.alert);
  const recordedMs = Date.UTC(2026, 0, 5, 9, 0, place.version);
  return {
    lane: place.lane ?? 1,
    position: place.position,
    stream,
    version: place.version,
    eventId: eventIdOf(stream, place.version),
    hlc: String(BigInt(recordedMs) << 16n),
    recordedAt: new Date(recordedMs).toISOString(),
    body,
    metadata: { via: 'source' },
  };
}
