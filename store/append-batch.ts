import type { RecordedEvent } from '../domain/events/envelope.ts';
import type { Hlc } from '../domain/hlc.ts';
import { fastEventIdOf } from './event-id.ts';
import type { PendingAppend } from './pending-append.ts';

export interface BatchEntry {
  readonly pending: PendingAppend;
  readonly events: readonly RecordedEvent[];
}

/** What one commit writes. Of each stream it holds an unbroken chain of versions. */
export interface AppendBatch {
  readonly lane: number;
  readonly entries: readonly BatchEntry[];
  /** One above the last position that the batch uses. */
  readonly nextPosition: number;
  /** Requests for a stream that another request of the batch writes: their turn comes once that is decided. */
  readonly heldOver: readonly PendingAppend[];
  /** Requests that build on one that was not appended. */
  readonly orphaned: readonly PendingAppend[];
}

export interface BatchContext {
  readonly lane: number;
  readonly firstPosition: number;
  readonly hlc: Hlc;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** Where a request stands in a batch, given the batch's last request for the same stream. */
function placeOf(
  pending: PendingAppend,
  last: PendingAppend | undefined,
): 'entry' | 'held_over' | 'orphaned' {
  const { after } = pending;
  if (last !== undefined && last !== after) return 'held_over';
  if (after === undefined) return 'entry';
  const buildsOnAfter = pending.expectedVersion === after.expectedVersion + after.events.length;
  return buildsOnAfter && (last === after || after.isAppended()) ? 'entry' : 'orphaned';
}

export function prepareBatch(pendings: readonly PendingAppend[], context: BatchContext): AppendBatch {
  const lastOf = new Map<string, PendingAppend>();
  const entries: BatchEntry[] = [];
  const heldOver: PendingAppend[] = [];
  const orphaned: PendingAppend[] = [];
  const { lane, hlc } = context;
  const stamp = { lane, hlc, recordedAt: new Date(context.nowMs).toISOString() };
  let position = context.firstPosition;
  for (const pending of pendings) {
    const place = placeOf(pending, lastOf.get(pending.stream));
    if (place === 'held_over') heldOver.push(pending);
    if (place === 'orphaned') orphaned.push(pending);
    if (place !== 'entry') continue;
    const events = recordEvents(pending, position, stamp);
    entries.push({ pending, events });
    position += events.length;
    lastOf.set(pending.stream, pending);
  }
  return { lane, entries, nextPosition: position, heldOver, orphaned };
}

/** What the events of one batch have in common. */
interface Stamp extends Pick<BatchContext, 'lane' | 'hlc'> {
  readonly recordedAt: string;
}

function recordEvents(
  { stream, expectedVersion, events }: PendingAppend,
  firstPosition: number,
  { lane, hlc, recordedAt }: Stamp,
): RecordedEvent[] {
  return events.map(({ body, metadata }, index) => {
    const version = expectedVersion + 1 + index;
    return {
      lane,
      position: firstPosition + index,
      stream,
      version,
      eventId: fastEventIdOf(stream, version),
      hlc: hlc.tick(),
      recordedAt,
      body,
      metadata,
    };
  });
}

/**
 * Entries in the order in which every writer touches the index of streams: two writers with the same streams
 * in different orders would deadlock.
 */
export function inStreamOrder(entries: readonly BatchEntry[]): BatchEntry[] {
  return [...entries].sort((a, b) =>
    a.pending.stream < b.pending.stream ? -1 : a.pending.stream > b.pending.stream ? 1 : 0,
  );
}
