import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Consumer } from './consumers.ts';
import type { Database } from './database.ts';
import type { UndecodableEvent } from './decode-rows.ts';
import { parkEvent, parkedOf } from './parked-events.ts';

export interface ParkDeps {
  readonly database: Pick<Database, 'query'>;
  readonly metrics: Pick<Metrics, 'eventsParked'>;
  readonly logger: Logger;
}

/** Sets an event aside for one consumer; what is there already is not counted or told again. */
export type Park = (event: UndecodableEvent) => Promise<void>;

export function createPark({ database, metrics, logger }: ParkDeps, consumer: Consumer): Park {
  return async (event) => {
    if (!(await parkEvent(database, parkedOf(consumer, event)))) return;
    metrics.eventsParked.inc({ consumer });
    const { lane, position, stream, version, reason } = event;
    logger.error({ consumer, lane, position, stream, version, reason }, 'parked an event');
  };
}

/**
 * Reads a stream for somebody who must not leave anything out: what cannot be decoded is parked, so that it is seen
 * and found again, and then refuses the whole reading. Throws what `read` throws.
 */
export async function parkingUndecodable<T>(
  park: Park,
  read: (onUndecodable: (event: UndecodableEvent) => void) => Promise<T>,
): Promise<T> {
  const found: UndecodableEvent[] = [];
  try {
    return await read((event) => found.push(event));
  } finally {
    for (const event of found) await park(event);
  }
}
