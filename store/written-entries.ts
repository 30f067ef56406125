import type { AppendBatch, BatchEntry } from './append-batch.ts';
import type { Query } from './database.ts';

/**
 * Which entries of a batch with an unknown outcome are in the log. Ask only once the session that wrote them has
 * ended, that is when its lane's lock could be taken. An event id alone proves nothing: it names a place in a
 * stream, and another writer's event at that place has the same one. So lane, position and clock must agree too.
 */
export async function findWritten(query: Query, batch: AppendBatch): Promise<ReadonlySet<BatchEntry>> {
  const positions = batch.entries.flatMap(({ events }) => events.map(({ position }) => position));
  const rows = await query<{ position: string; event_id: string; hlc: string }>(
    'SELECT position, event_id, hlc FROM event_log WHERE lane = $1 AND position = ANY($2::bigint[])',
    [batch.lane, positions],
  );
  const written = new Set(rows.map(({ position, event_id, hlc }) => `${position} ${event_id} ${hlc}`));
  return new Set(
    batch.entries.filter(({ events }) =>
      events.every(({ position, eventId, hlc }) => written.has(`${position} ${eventId} ${hlc}`)),
    ),
  );
}
