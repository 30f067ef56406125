import { evolve } from '../domain/alert/evolve.ts';
import { type AlertState, initialAlertState } from '../domain/alert/state.ts';
import { type AlertEvent, alertEventTypes } from '../domain/events/alert-events.ts';
import type { EventBody, RecordedEvent } from '../domain/events/envelope.ts';
import type { EventLog, UndecodableEvent } from '../store/event-log.ts';
import type { Park } from '../store/park-undecodable.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** Where an alert's stream ends, and what that says about the alert. */
export interface AlertHead {
  /** -1 for a stream that does not exist. */
  readonly version: number;
  readonly state: AlertState;
}

export const noHead: AlertHead = { version: -1, state: initialAlertState };

/** Where the heads come from: the log, or what a lone process remembers of it. */
export interface AlertHeads {
  /** The heads of these streams; those without events are left out. */
  read(streams: readonly string[]): Promise<ReadonlyMap<string, AlertHead>>;
  /** What this process has just committed, in order: the listener of its writer, before anybody hears of the commit. */
  wrote(events: readonly RecordedEvent[]): void;
  /** Somebody else wrote to these streams: only the log knows. */
  forget(streams: readonly string[]): void;
}

export interface ReadAlertHeadsOptions {
  readonly log: Pick<EventLog, 'readHeads'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Sets a head aside that cannot be read, so that it is seen, and found again after a fix. */
  readonly park?: Park;
}

/** Reads every head from the log, after the question was asked: right with any number of processes. */
export function headsFromLog(options: ReadAlertHeadsOptions): AlertHeads {
  return {
    read: (streams) => readAlertHeads(streams, options),
    wrote() {},
    forget() {},
  };
}

/**
 * The heads of these streams; those without events are left out. A head that cannot be read counts as an alert that
 * nobody knows: its next firing is routed and paged like a new one, and blocks no neighbour.
 */
export async function readAlertHeads(
  streams: readonly string[],
  { log, logger, metrics, park }: ReadAlertHeadsOptions,
): Promise<Map<string, AlertHead>> {
  const unreadable: UndecodableEvent[] = [];
  const events = await log.readHeads(streams, (event) => unreadable.push(event));
  for (const event of unreadable) {
    const { stream, version, reason } = event;
    if (park === undefined) metrics.eventsParked.inc({ consumer: 'ingest' });
    logger.error({ stream, version, reason }, 'the last event of an alert could not be read');
    await park?.(event);
  }
  const heads = new Map([...events].map(([stream, event]) => [stream, headOf(event)]));
  for (const { stream, version } of unreadable) heads.set(stream, { version, state: initialAlertState });
  return heads;
}

export function headOf({ version, body }: Pick<RecordedEvent, 'version' | 'body'>): AlertHead {
  return { version, state: isAlertEvent(body) ? evolve(initialAlertState, body) : initialAlertState };
}

/** By type alone: the log has checked the data against the type's schema. */
export function isAlertEvent(body: EventBody): body is AlertEvent {
  return alertEventTypes.has(body.type);
}
