import type { Client } from 'pg';
import { type AppendBatch, type BatchEntry, inStreamOrder } from './append-batch.ts';
import { CopyIn, escapeField } from './copy-in.ts';
import { type CopyLines, createCopyLines } from './copy-lines.ts';

const columns =
  'lane, position, stream_id, version, type, schema_version, event_id, hlc, data, metadata, recorded_at';

/**
 * Writes a batch by COPY, one statement and so one commit. The unique index on (stream, version) refuses the
 * whole batch with SQLSTATE 23505 when another writer was faster in any of its streams.
 */
export function copyAppend(client: Client, batch: AppendBatch): Promise<void> {
  return client.query(new CopyIn(`COPY event_log (${columns}) FROM STDIN`, copyRows(batch))).done;
}

export function copyRows({ lane, entries }: Pick<AppendBatch, 'lane' | 'entries'>): Buffer {
  const lines = createCopyLines(entries.length);
  for (const entry of inStreamOrder(entries)) addLines(lines, lane, entry);
  return lines.bytes();
}

/** In the order of `columns`. */
function addLines(lines: CopyLines, lane: number, { pending, events }: BatchEntry): void {
  const stream = escapeField(pending.stream);
  for (const [index, { body, schemaVersion, data, metadataText }] of pending.events.entries()) {
    const event = events[index];
    if (event === undefined) throw new Error('an event was not recorded');
    const { position, version, eventId, hlc, recordedAt } = event;
    const type = escapeField(body.type);
    const texts = [escapeField(data), escapeField(metadataText)];
    lines.add([lane, position, stream, version, type, schemaVersion, eventId, hlc, ...texts, recordedAt]);
  }
}
