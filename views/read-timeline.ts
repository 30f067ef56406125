import type { DeliveryEvent } from '../domain/events/delivery-events.ts';
import { deliveryStreamOf } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import type { EventLog } from '../store/event-log.ts';
import type { CacheEntry } from './cache/cache-entry.ts';
import { type IncidentStreamEvent, incidentPages } from './fold-incident.ts';
import { buildTimeline, type TimelineEntry } from './timeline.ts';

/** Streams of notifications read at the same time by one request. */
const readsAtOnce = 8;

export interface IncidentTimeline {
  readonly tenant: string;
  readonly entries: readonly TimelineEntry[];
}

/** Joined from the log itself, so it is never behind, with its version; undefined when there is no such incident. */
export async function readTimeline(
  log: EventLog,
  incidentId: string,
): Promise<CacheEntry<IncidentTimeline> | undefined> {
  const events: IncidentStreamEvent[] = [];
  for await (const page of incidentPages(log, incidentId)) events.push(...page);
  const opened = events[0]?.event;
  if (opened?.type !== 'IncidentOpened') return undefined;
  const deliveries = await readDeliveries(log, notificationKeysOf(events));
  const value = { tenant: opened.data.tenant, entries: buildTimeline(events, deliveries) };
  return { version: events.at(-1)?.version ?? 0, value };
}

/** The newest, where an incident had more notifications than a timeline joins. */
function notificationKeysOf(events: readonly IncidentStreamEvent[]): string[] {
  return events
    .flatMap(({ event }) => (event.type === 'NotificationRequested' ? [event.data.key] : []))
    .slice(-limits.maxTimelineDeliveries);
}

async function readDeliveries(log: EventLog, keys: readonly string[]): Promise<DeliveryEvent[]> {
  const deliveries: DeliveryEvent[] = [];
  for (let start = 0; start < keys.length; start += readsAtOnce) {
    const streams = keys.slice(start, start + readsAtOnce).map(deliveryStreamOf);
    const pages = await Promise.all(streams.map((stream) => log.readStream(stream)));
    // only notifier activities and the server's desk write these streams, and the store has checked each body
    for (const { body } of pages.flat()) deliveries.push(body as DeliveryEvent);
  }
  return deliveries;
}
