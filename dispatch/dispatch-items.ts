import { sampleOf, titleOf } from '../domain/alert/alert.ts';
import type { AlertEvent } from '../domain/events/alert-events.ts';
import type { RecordedEvent } from '../domain/events/envelope.ts';
import { incidentIdOf } from '../domain/ids.ts';
import type { AlertReference } from '../domain/incident/protocol.ts';
import type { DispatchItem } from './incident-queue.ts';

/** The pieces of work that one event of the log means: one per incident, none for what no saga has to know. */
export function dispatchItemsOf(recorded: RecordedEvent): DispatchItem[] {
  const event = alertEventOf(recorded);
  const kind = event === undefined ? undefined : kindOf(event);
  if (event === undefined || kind === undefined) return [];
  const { incidents, configVersion, alert } = event.data;
  const reference = referenceOf(recorded, event, kind);
  return incidents.map(({ workflowId, route, groupLabels, policy }) => ({
    workflowId,
    subject: { tenant: alert.tenant, route, groupLabels },
    policy,
    configVersion,
    stream: recorded.stream,
    version: recorded.version,
    reference,
  }));
}

/** The store has checked each body against its schema; only ingest writes alert streams. */
export function alertEventOf({ stream, body }: RecordedEvent): AlertEvent | undefined {
  return stream.startsWith('alert-') ? (body as AlertEvent) : undefined;
}

function kindOf(event: AlertEvent): AlertReference['kind'] | undefined {
  switch (event.type) {
    case 'AlertFired':
      return 'fired';
    case 'AlertChanged':
      return 'changed';
    case 'AlertResolved':
      return 'cleared';
    case 'AlertRepeated':
      return undefined;
  }
}

function referenceOf(
  recorded: RecordedEvent,
  event: AlertEvent,
  kind: AlertReference['kind'],
): AlertReference {
  const { alert } = event.data;
  const { traceparent } = recorded.metadata;
  return {
    kind,
    lane: recorded.lane,
    position: recorded.position,
    incidentId: incidentIdOf(recorded.stream, recorded.version),
    severity: alert.severity,
    title: titleOf(alert),
    replaces: event.type === 'AlertFired' && event.data.replaces,
    ...(kind === 'fired' && { sample: sampleOf(alert) }),
    acceptedAt: recorded.recordedAt,
    ...(traceparent !== undefined && { traceparent }),
  };
}
