import type { DeliveryAttempted } from '../domain/events/delivery-events.ts';
import type { IncidentEvent } from '../domain/events/incident-events.ts';
import type { IncidentStreamEvent } from './fold-incident.ts';
import { type NotificationFacts, summarise, summariseAttempt } from './timeline-summary.ts';

/** One thing that happened to an incident. */
export interface TimelineEntry {
  readonly at: string;
  /** The event's type, such as `StepStarted` or `DeliveryAttempted`. */
  readonly kind: string;
  /** Of the incident's stream; absent for attempts, which have streams of their own. */
  readonly version?: number;
  /** The person, or the part of tocsin, that caused it. */
  readonly actor?: string;
  /** Rendered for humans, and free to change; programs read `facts`. */
  readonly summary: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** The name of the cached timeline's shape: raise it with every change of `TimelineEntry`. */
export const timelineShape = 1;

interface PlacedEntry {
  readonly entry: TimelineEntry;
  readonly atMs: number;
  readonly rank: number;
}

interface Notification extends NotificationFacts {
  readonly requestedMs: number;
  readonly endedMs: number;
  readonly version: number;
}

/**
 * Joins an incident's events with the attempts of its notifications. The stream's own order always holds; an attempt
 * stands between the request and the end of its notification even where two machines' clocks disagree.
 */
export function buildTimeline(
  events: readonly IncidentStreamEvent[],
  attempts: readonly DeliveryAttempted[],
): TimelineEntry[] {
  const timed = withRisingTimes(events);
  const notifications = notificationsOf(timed);
  const placed = [
    ...timed.map((one) => placeEvent(one, notifications)),
    ...attempts.map((attempt) => placeAttempt(attempt.data, notifications.get(attempt.data.key))),
  ];
  return placed.sort((a, b) => a.atMs - b.atMs || a.rank - b.rank).map(({ entry }) => entry);
}

interface TimedEvent extends IncidentStreamEvent {
  readonly atMs: number;
}

function withRisingTimes(events: readonly IncidentStreamEvent[]): TimedEvent[] {
  let latestMs = 0;
  return events.map((one) => {
    latestMs = Math.max(latestMs, Date.parse(one.event.data.at));
    return { ...one, atMs: latestMs };
  });
}

function notificationsOf(events: readonly TimedEvent[]): Map<string, Notification> {
  const notifications = new Map<string, Notification>();
  for (const { event, atMs, version } of events) {
    if (event.type === 'NotificationRequested') {
      const { key, kind, target } = event.data;
      const times = { requestedMs: atMs, endedMs: Number.POSITIVE_INFINITY };
      notifications.set(key, { kind, target: target.name, ...times, version });
    } else if (isEnd(event)) {
      const known = notifications.get(event.data.key);
      if (known !== undefined) notifications.set(event.data.key, { ...known, endedMs: atMs });
    }
  }
  return notifications;
}

type EndEvent = Extract<
  IncidentEvent,
  { type: 'NotificationDelivered' | 'NotificationFailed' | 'NotificationDeadLettered' }
>;

function isEnd(event: IncidentEvent): event is EndEvent {
  return (
    event.type === 'NotificationDelivered' ||
    event.type === 'NotificationFailed' ||
    event.type === 'NotificationDeadLettered'
  );
}

function placeEvent(one: TimedEvent, notifications: ReadonlyMap<string, Notification>): PlacedEntry {
  const { event, version, atMs } = one;
  const about = isEnd(event) ? notifications.get(event.data.key) : undefined;
  const actor = actorOf(event) ?? one.actor;
  const entry: TimelineEntry = {
    at: event.data.at,
    kind: event.type,
    version,
    ...(actor !== undefined && { actor }),
    summary: summarise(event, about),
    facts: factsOf(event),
  };
  return { entry, atMs, rank: version };
}

function placeAttempt(data: DeliveryAttempted['data'], about: Notification | undefined): PlacedEntry {
  const { at, key: _key, incidentId: _incidentId, ...facts } = data;
  const entry: TimelineEntry = {
    at,
    kind: 'DeliveryAttempted',
    summary: summariseAttempt(data, about),
    facts: { key: data.key, ...facts, ...(about !== undefined && { target: about.target }) },
  };
  const { requestedMs = 0, endedMs = Number.POSITIVE_INFINITY, version = 0 } = about ?? {};
  const atMs = Math.min(Math.max(Date.parse(at), requestedMs), endedMs);
  return { entry, atMs, rank: version + 0.5 + data.attempt / 1_000 };
}

function actorOf(event: IncidentEvent): string | undefined {
  return 'by' in event.data ? event.data.by : undefined;
}

/** The event's data without what the incident shows anyway, and without whole alerts. */
function factsOf(event: IncidentEvent): Record<string, unknown> {
  switch (event.type) {
    case 'IncidentOpened': {
      const { title, severity, route, groupLabels, policy } = event.data;
      return {
        title,
        severity,
        route,
        groupLabels,
        policy: policy.name,
        configVersion: policy.configVersion,
      };
    }
    case 'AlertsAttached': {
      const { count, severity, sample } = event.data;
      return { count, severity, alerts: sample.map(({ fingerprint, labels }) => ({ fingerprint, labels })) };
    }
    case 'AlertsCleared':
      return { count: event.data.count };
    case 'StepStarted': {
      const { at, dueAt, targets, round, step, reason, waitMs } = event.data;
      const lateMs = Math.max(0, Date.parse(at) - Date.parse(dueAt));
      return { round, step, reason, dueAt, lateMs, waitMs, targets: targets.map(({ name }) => name) };
    }
    case 'NotificationRequested': {
      const { key, kind, round, step, target } = event.data;
      return { key, kind, round, step, target: target.name, provider: target.provider };
    }
    case 'IncidentReassigned':
      return { targets: event.data.targets.map(({ name }) => name) };
    case 'IncidentResolved':
      return { reason: event.data.reason };
    default: {
      const { at: _at, ...facts } = event.data;
      return facts;
    }
  }
}
