import { titleOf } from '../domain/alert/alert.ts';
import { countedIn } from '../domain/alert/state.ts';
import type { AlertEvent } from '../domain/events/alert-events.ts';
import type { RecordedEvent } from '../domain/events/envelope.ts';
import type { AlertReference } from '../domain/incident/protocol.ts';
import { unreachable } from '../domain/never.ts';
import { fastIncidentIdOf } from '../store/event-id.ts';
import type { DispatchItem } from './incident-queue.ts';

/** The pieces of work that one event of the log means: one per incident, none for what no saga has to know. */
export function dispatchItemsOf(recorded: RecordedEvent): DispatchItem[] {
  const event = alertEventOf(recorded);
  const news = event === undefined ? undefined : newsOf(event);
  if (event === undefined || news === undefined || news.workflowIds.length === 0) return [];
  const { incidents, configVersion, alert } = event.data;
  const reference = referenceOf(recorded, event, news.kind);
  const told = new Set(news.workflowIds);
  return incidents
    .filter(({ workflowId }) => told.has(workflowId))
    .map(({ workflowId, route, groupLabels, policy, groupWaitMs }) => ({
      workflowId,
      subject: { tenant: alert.tenant, route, groupLabels },
      policy,
      configVersion,
      ...(groupWaitMs !== undefined && { groupWaitMs }),
      stream: recorded.stream,
      version: recorded.version,
      reference,
      ...(news.kind === 'fired' && { alert }),
    }));
}

/** The store has checked each body against its schema; only ingest writes alert streams. */
export function alertEventOf({ stream, body }: RecordedEvent): AlertEvent | undefined {
  return stream.startsWith('alert-') ? (body as AlertEvent) : undefined;
}

interface News {
  readonly kind: AlertReference['kind'];
  readonly workflowIds: readonly string[];
}

/** A quiet incident hears of nothing: it lost the alert when it was quieted, and gets it back when it is released. */
function newsOf({ type, data }: AlertEvent): News | undefined {
  switch (type) {
    case 'AlertFired':
      return { kind: 'fired', workflowIds: countedIn(data.incidents) };
    case 'AlertReleased':
      return { kind: 'fired', workflowIds: data.joined };
    case 'AlertChanged':
      return { kind: 'changed', workflowIds: countedIn(data.incidents) };
    case 'AlertAcknowledged':
      return { kind: 'acknowledged', workflowIds: countedIn(data.incidents) };
    case 'AlertSuppressed':
      return { kind: 'cleared', workflowIds: data.left };
    case 'AlertResolved':
      return { kind: 'cleared', workflowIds: countedIn(data.incidents) };
    case 'AlertRepeated':
      return undefined;
    default:
      return unreachable(type);
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
    incidentId: fastIncidentIdOf(recorded.stream, recorded.version),
    severity: alert.severity,
    title: titleOf(alert),
    source: alert.source,
    replaces: event.type === 'AlertFired' && event.data.replaces,
    acceptedAt: recorded.recordedAt,
    ...(traceparent !== undefined && { traceparent }),
  };
}
