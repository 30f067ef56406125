import { evolve } from '../domain/alert/evolve.ts';
import { type AlertState, initialAlertState } from '../domain/alert/state.ts';
import type { AlertEvent } from '../domain/events/alert-events.ts';
import type { EventBody, RecordedEvent } from '../domain/events/envelope.ts';
import type { EventLog } from '../store/event-log.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** Where an alert's stream ends, and what that says about the alert. */
export interface AlertHead {
  /** -1 for a stream that does not exist. */
  readonly version: number;
  readonly state: AlertState;
}

export const noHead: AlertHead = { version: -1, state: initialAlertState };

export interface ReadAlertHeadsOptions {
  readonly log: Pick<EventLog, 'readHeads'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * The heads of these streams; those without events are left out. A head that cannot be read counts as an alert that
 * nobody knows: its next firing is routed and paged like a new one, and blocks no neighbour.
 */
export async function readAlertHeads(
  streams: readonly string[],
  { log, logger, metrics }: ReadAlertHeadsOptions,
): Promise<Map<string, AlertHead>> {
  const unreadable = new Map<string, AlertHead>();
  const events = await log.readHeads(streams, ({ stream, version, reason }) => {
    unreadable.set(stream, { version, state: initialAlertState });
    metrics.eventsParked.inc({ consumer: 'ingest' });
    logger.error({ stream, version, reason }, 'the last event of an alert could not be read');
  });
  const heads = new Map([...events].map(([stream, event]) => [stream, headOf(event)]));
  return new Map([...heads, ...unreadable]);
}

function headOf({ version, body }: RecordedEvent): AlertHead {
  return { version, state: isAlertEvent(body) ? evolve(initialAlertState, body) : initialAlertState };
}

const alertEventTypes: ReadonlySet<string> = new Set<AlertEvent['type']>([
  'AlertFired',
  'AlertChanged',
  'AlertRepeated',
  'AlertResolved',
]);

/** By type alone: the log has checked the data against the type's schema. */
export function isAlertEvent(body: EventBody): body is AlertEvent {
  return alertEventTypes.has(body.type);
}
