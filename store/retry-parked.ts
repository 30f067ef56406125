import { errorCodeOf } from '../domain/errors.ts';
import type { RecordedEvent } from '../domain/events/envelope.ts';
import { limits } from '../domain/limits.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Consumer } from './consumers.ts';
import type { Database } from './database.ts';
import { decodeRows } from './decode-rows.ts';
import { type EventRow, eventColumns } from './event-row.ts';
import {
  listParked,
  type ParkedEvent,
  type ParkedFilter,
  type ParkedPlace,
  removeParked,
  updateParkedReason,
} from './parked-events.ts';

/**
 * Takes in what a consumer had set aside: events of one stream, in the stream's order. Later events of the stream may
 * have been taken in meanwhile. Throws when it cannot use them; then they stay parked with the new reason.
 */
export type TakeIn = (events: readonly RecordedEvent[]) => Promise<void>;

export interface RetryParkedDeps {
  readonly database: Database;
  readonly logger: Logger;
  readonly consumers: Readonly<Record<Consumer, TakeIn>>;
}

export interface RetryOptions extends ParkedFilter {
  /** Goes on behind the `last` of the answer before. */
  readonly after?: ParkedPlace;
}

export interface RetryResult {
  /** Events that are through, and no longer parked. */
  readonly retried: number;
  /** Events that still cannot be used, with the reason of today. */
  readonly parked: number;
  /** Set when there are more that were not tried. */
  readonly last?: ParkedPlace;
}

/**
 * Tries parked events again, at most `limits.maxRetriedEvents` of them. Of each stream they are taken in order, and
 * what comes after one that still cannot be used waits with it. Throws `store_unavailable`, and what a consumer throws
 * because a part is away; what was done until then stays done.
 */
export async function retryParked(deps: RetryParkedDeps, options: RetryOptions): Promise<RetryResult> {
  const limit = limits.maxRetriedEvents;
  const tried = await listParked(deps.database, { ...options, limit });
  let retried = 0;
  const streams = Map.groupBy(tried, ({ consumer, stream }) => `${consumer} ${stream}`);
  for (const parked of streams.values()) retried += await retryStream(deps, parked);
  const last = tried.length === limit ? tried.at(-1) : undefined;
  return { retried, parked: tried.length - retried, ...(last !== undefined && { last: placeOf(last) }) };
}

function placeOf({ consumer, stream, version }: ParkedPlace): ParkedPlace {
  return { consumer, stream, version };
}

/** Answers how many of them are through. */
async function retryStream(deps: RetryParkedDeps, parked: readonly ParkedEvent[]): Promise<number> {
  const { database, logger } = deps;
  const { usable, rest } = await readAgain(database, parked);
  const [first] = rest;
  if (first !== undefined) await updateParkedReason(database, first);
  const done = parked.slice(0, usable.length);
  const consumer = done[0]?.consumer;
  if (consumer === undefined) return 0;
  try {
    await deps.consumers[consumer as Consumer]?.(usable);
  } catch (error) {
    if (isAway(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    for (const event of done) await updateParkedReason(database, { ...event, reason });
    logger.warn({ err: error, consumer, stream: done[0]?.stream }, 'a parked stream still cannot be used');
    return 0;
  }
  await removeParked(database, done);
  logger.info({ consumer, stream: done[0]?.stream, events: done.length }, 'a parked stream goes on');
  return done.length;
}

interface ReadAgain {
  /** From the first on, as many as can be decoded without a gap. */
  readonly usable: readonly RecordedEvent[];
  readonly rest: readonly ParkedEvent[];
}

async function readAgain(database: Database, parked: readonly ParkedEvent[]): Promise<ReadAgain> {
  const rows = await database.query<EventRow>(
    `SELECT ${eventColumns} FROM event_log e
     JOIN json_to_recordset($1::json) AS wanted (lane smallint, position bigint) USING (lane, position)`,
    [JSON.stringify(parked.map(({ lane, position }) => ({ lane, position })))],
  );
  const reasons = new Map<number, string>();
  const events = decodeRows(rows, ({ version, reason }) => reasons.set(version, reason));
  const byVersion = new Map(events.map((event) => [event.version, event]));
  const usable: RecordedEvent[] = [];
  for (const { version } of parked) {
    const event = byVersion.get(version);
    if (event === undefined) break;
    usable.push(event);
  }
  const rest = parked
    .slice(usable.length)
    .map((event) => ({ ...event, reason: reasons.get(event.version) ?? event.reason }));
  return { usable, rest };
}

/** A part that is away says nothing about the event: it is tried again when that is back. */
function isAway(error: unknown): boolean {
  const code = errorCodeOf(error);
  return code === 'engine_unavailable' || code === 'store_unavailable';
}
