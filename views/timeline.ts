import type {
  DeliveryAttempted,
  DeliveryDiscarded,
  DeliveryEvent,
} from '../domain/events/delivery-events.ts';
import type { IncidentEvent } from '../domain/events/incident-events.ts';
import type { PersonToPage } from '../domain/people/step-resolution.ts';
import type { IncidentStreamEvent } from './fold-incident.ts';
import { type NotificationFacts, summarise, summariseAttempt, summariseDiscard } from './timeline-summary.ts';

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
 * Joins an incident's events with what became of its notifications. The stream's own order always holds; an attempt
 * stands between the request and the end of its notification even where two machines' clocks disagree.
 */
export function buildTimeline(
  events: readonly IncidentStreamEvent[],
  deliveries: readonly DeliveryEvent[],
): TimelineEntry[] {
  const timed = withRisingTimes(events);
  const notifications = notificationsOf(timed);
  const placed = [
    ...timed.map((one) => placeEvent(one, notifications)),
    ...deliveries.map((event) => placeDelivery(event, notifications.get(event.data.key))),
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
    } else if (event.type === 'NotificationRedelivered') {
      const known = notifications.get(event.data.key);
      if (known !== undefined) {
        notifications.set(event.data.key, { ...known, endedMs: Number.POSITIVE_INFINITY });
      }
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

/** The notification that the event speaks of: what was undone is the page, not the message that did it. */
function notificationOf(event: IncidentEvent): string | undefined {
  if (event.type === 'NotificationUndone') return event.data.of;
  return event.type === 'NotificationRedelivered' || isEnd(event) ? event.data.key : undefined;
}

function placeEvent(one: TimedEvent, notifications: ReadonlyMap<string, Notification>): PlacedEntry {
  const { event, version, atMs } = one;
  const about = notifications.get(notificationOf(event) ?? '');
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

function placeDelivery(event: DeliveryEvent, about: Notification | undefined): PlacedEntry {
  return event.type === 'DeliveryAttempted'
    ? placeAttempt(event.data, about)
    : placeDiscard(event.data, about);
}

/** After the end that made it a dead letter. */
function placeDiscard(data: DeliveryDiscarded['data'], about: Notification | undefined): PlacedEntry {
  const { at, key, by, reason } = data;
  const entry: TimelineEntry = {
    at,
    kind: 'DeliveryDiscarded',
    actor: by,
    summary: summariseDiscard(data, about),
    facts: { key, reason, ...(about !== undefined && { target: about.target }) },
  };
  const { endedMs = 0 } = about ?? {};
  const atMs = Number.isFinite(endedMs) ? Math.max(Date.parse(at), endedMs) : Date.parse(at);
  return { entry, atMs, rank: Number.POSITIVE_INFINITY };
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
      const { at, targets, people, ...facts } = event.data;
      const lateMs = Math.max(0, Date.parse(at) - Date.parse(facts.dueAt));
      return {
        ...facts,
        lateMs,
        targets: targets.map(({ name }) => name),
        ...(people !== undefined && { people: people.map(factsOfPerson) }),
      };
    }
    case 'NotificationRequested': {
      const { key, kind, round, step, target, of } = event.data;
      const about = { key, kind, round, step, target: target.name, provider: target.provider };
      return of === undefined ? about : { ...about, of };
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

function factsOfPerson({ user, via, contacts }: PersonToPage) {
  const named = contacts.map(({ target, afterMs }) => ({ target: target.name, afterMs }));
  return { user, ...(via !== undefined && { via }), contacts: named };
}
